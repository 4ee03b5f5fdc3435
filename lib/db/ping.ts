import { db } from "./client";

/** Resolves when PostgreSQL answers. */
export async function pingDb(): Promise<void> {
  await db().$queryRaw`select 1`;
}
