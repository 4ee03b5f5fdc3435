import { PrismaPg } from "@prisma/adapter-pg";
import { config } from "@/lib/config";
import { PrismaClient } from "./generated/client";

const clientOf = (connectionString: string) =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 10 }) });

/** One client per process; kept on globalThis because a development server loads this module again at every edit. */
const kept = globalThis as { undercroftDb?: ReturnType<typeof clientOf> };

export function db() {
  kept.undercroftDb ??= clientOf(config().databaseUrl);
  return kept.undercroftDb;
}

export type Transaction = Parameters<Parameters<ReturnType<typeof db>["$transaction"]>[0]>[0];

export async function closeDb(): Promise<void> {
  await kept.undercroftDb?.$disconnect();
  delete kept.undercroftDb;
}
