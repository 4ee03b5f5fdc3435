import path from "node:path";
import { startChild } from "../processes/child-process.mjs";
import { childEnvironment } from "../project.mjs";
import { createTemporaryDataDirectory } from "./data-directory.mjs";

/**
 * Starts scripts/services.mjs as a child and waits for it. Returns `{ pid, databaseUrl, redisUrl, appliedMigrations,
 * ended, stop }`; the services end with `stop`, or with this process, however that ends. What `environment` names by DATABASE_URL
 * or REDIS_URL runs elsewhere already: it is used, and left alone.
 */
export async function startServices(directory, { isTemporary = false, environment = {} } = {}) {
  const args = ["scripts/services.mjs", "--data", directory, ...(isTemporary ? ["--temporary"] : [])];
  const logFile = path.join(directory, "logs", "services.log");
  const { DATABASE_URL, REDIS_URL } = environment;
  const env = childEnvironment({ DATABASE_URL, REDIS_URL });
  const child = startChild({ name: "services", args, env, logFile });
  const started = await Promise.race([child.firstMessage, child.ended]);
  if (typeof started === "string") throw new Error(`PostgreSQL or Redis did not start:\n${child.tail()}`);
  return { ...started, pid: child.pid, ended: child.ended, stop: child.stop };
}

/** Services with a folder and ports of their own, empty but for the migrations; the folder goes with them. */
export function startTemporaryServices() {
  return startServices(createTemporaryDataDirectory(), { isTemporary: true });
}
