import { startTemporaryServices } from "./start-services.mjs";

/**
 * PostgreSQL and Redis for the integration tests of one vitest run, migrated and empty. Tests find them in DATABASE_URL
 * and REDIS_URL, which vitest's workers inherit.
 */
export async function setup() {
  const services = await startTemporaryServices();
  process.env.DATABASE_URL = services.databaseUrl;
  process.env.REDIS_URL = services.redisUrl;
  return services.stop;
}
