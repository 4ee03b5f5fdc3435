import { setFlagsFromString } from "node:v8";
import { writeDumpResult } from "./job-folder";
import { isBegun, runDump } from "./run-dump";

/**
 * One dump, in a process that needs nobody to finish: `node --import tsx worker/dump/main.ts JOB_FOLDER`. Ends with 0 once
 * result.json is written, whatever the result; with 3, and nothing written, for a folder whose dump was begun before.
 * TERM and INT cancel the dump.
 */
async function main(folder: string): Promise<number> {
  const canceled = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => canceled.abort());
  process.on("SIGHUP", () => undefined);
  // Nothing is ever printed on purpose; should Node warn of something, a reader that is gone must not end the dump.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  if (await isBegun(folder)) return 3;
  await writeDumpResult(folder, await runDump(folder, canceled.signal));
  return 0;
}

// Every frame's buffer counts as memory pressure and starts a marking of the whole heap beside the compressing threads;
// marking at once when it is due takes a tenth less CPU time over a dump (measured, Node 24.21).
setFlagsFromString("--no-incremental-marking");

const [folder] = process.argv.slice(2);
// Left at once: a pipe that a daemon of vzdump's still holds open would keep this process alive.
process.exit(folder === undefined ? 2 : await main(folder));
