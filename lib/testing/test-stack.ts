import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { closeDb } from "@/lib/db/client";
import { closeRedis } from "@/lib/redis/connections";
import { createTestDatabase, emptyDatabase, type TestDatabase } from "./postgres";
import { claimTestRedis, type TestRedis } from "./redis";

/** The environment of a test; a file may name more, or other values. */
const environment = {
  UNDERCROFT_URL: "http://undercroft.test",
  UNDERCROFT_SECRET: "a secret for tests that is long enough",
  UNDERCROFT_CLUSTER_NAME: "atlas",
  UNDERCROFT_LAB: "1",
  LOG_LEVEL: "silent",
};

/**
 * Gives the test file that calls it a PostgreSQL database and a Redis database of its own, both empty before each test,
 * and an environment that names them. What the product opened is closed at the end.
 */
export function provideTestStack(additions: Record<string, string> = {}): void {
  let database: TestDatabase | undefined;
  let redis: TestRedis | undefined;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), claimTestRedis()]);
    const variables = { ...environment, DATABASE_URL: database.url, REDIS_URL: redis.url, ...additions };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });

  beforeEach(async () => {
    await Promise.all([database && emptyDatabase(database.url), redis?.empty()]);
  });

  afterAll(async () => {
    closeRedis();
    await closeDb();
    await Promise.all([database?.drop(), redis?.release()]);
  });
}
