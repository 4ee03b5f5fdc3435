import { endProcess } from "./processes/end-process.mjs";
import { openDataDirectory } from "./services/data-directory.mjs";
import { stopPostgres } from "./services/postgres.mjs";
import { stopRedis } from "./services/redis.mjs";
import { findSupervisor } from "./stack/supervisor-lock.mjs";

/** `npm stop`: ends the start that runs from this folder, or the services that a killed one left. */
const graceMs = 30_000;
const directory = openDataDirectory();
const supervisor = findSupervisor(directory);
if (supervisor) await endProcess(supervisor, graceMs);
await Promise.all([stopRedis(directory), stopPostgres(directory)]);
console.log(supervisor ? "Undercroft is stopped." : "Undercroft did not run from this folder.");
