import fs from "node:fs";
import { parseArgs } from "node:util";
import { migrate } from "./migrate.mjs";
import { openDataDirectory } from "./services/data-directory.mjs";
import { startPostgres, stopPostgres } from "./services/postgres.mjs";
import { startRedis, stopRedis } from "./services/redis.mjs";

/**
 * Holds PostgreSQL and Redis for as long as it lives: they end when it is told to, and when its parent is gone, however
 * that ended. Its parent gets `{ databaseUrl, redisUrl, appliedMigrations }` as a message, a terminal gets it as text.
 * The data is in the folder --data, or in the checkout's own; with --temporary that folder is removed at the end.
 * DATABASE_URL and REDIS_URL name services that run elsewhere: they are only migrated and reported.
 */
const { values: options } = parseArgs({
  options: { data: { type: "string" }, temporary: { type: "boolean", default: false } },
});
const directory = options.data ?? openDataDirectory();
const isSupervised = process.send !== undefined;
let ending;

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => end(0));
process.on("disconnect", () => end(0));

try {
  const databaseUrl = process.env.DATABASE_URL || (await startPostgres(directory, { isDurable: !options.temporary }));
  const redisUrl = process.env.REDIS_URL || (await startRedis(directory));
  const appliedMigrations = await migrate(databaseUrl);
  if (!ending) report({ databaseUrl, redisUrl, appliedMigrations });
} catch (error) {
  console.error(error.message);
  await end(1);
}

function report(started) {
  if (isSupervised) {
    process.send(started);
    return;
  }
  console.log(`export DATABASE_URL=${started.databaseUrl}\nexport REDIS_URL=${started.redisUrl}`);
  console.log("# PostgreSQL and Redis are up. Ctrl-C stops them.");
  setInterval(() => {}, 2 ** 30); // nothing else keeps the process waiting for its signal
}

function end(exitCode) {
  ending ??= (async () => {
    const ours = [!process.env.REDIS_URL && stopRedis(directory), !process.env.DATABASE_URL && stopPostgres(directory)];
    await Promise.allSettled(ours);
    if (options.temporary) fs.rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    process.exit(exitCode);
  })();
  return ending;
}
