import { Redis } from "ioredis";
import { testServer } from "./servers";

const databases = Array.from({ length: 15 }, (_, position) => position + 1);
/** Longer than any test file runs; a killed one gives its database back by itself. */
const holdSeconds = 900;
const holdKey = (index: number) => `undercroft:test-database:${index}`;

export type TestRedis = { url: string; empty(): Promise<void>; release(): Promise<void> };

/** One of the server's numbered databases, for this test file alone: database 0 keeps the list of who has which. */
export async function claimTestRedis(): Promise<TestRedis> {
  const register = new Redis(testServer("REDIS_URL"), { db: 0 });
  for (const index of databases) {
    const isOurs = await register.set(holdKey(index), String(process.pid), "EX", holdSeconds, "NX");
    if (!isOurs) continue;
    const url = new URL(testServer("REDIS_URL"));
    url.pathname = `/${index}`;
    const redis = new Redis(url.toString());
    return {
      url: url.toString(),
      empty: async () => {
        await redis.flushdb();
      },
      release: async () => {
        await redis.flushdb();
        await register.del(holdKey(index));
        redis.disconnect();
        register.disconnect();
      },
    };
  }
  register.disconnect();
  throw new Error("All databases of the test Redis are in use.");
}
