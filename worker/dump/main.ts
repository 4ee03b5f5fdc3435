import { writeDumpResult } from "./job-folder";
import { runDump } from "./run-dump";

/**
 * One dump, in a process that needs nobody to finish: `node --import tsx worker/dump/main.ts JOB_FOLDER`. It ends with 0
 * once result.json is written, whatever the result. TERM and INT cancel the dump.
 */
async function main(folder: string): Promise<void> {
  const canceled = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => canceled.abort());
  process.on("SIGHUP", () => undefined);
  // Nothing is ever printed on purpose; should Node warn of something, a reader that is gone must not end the dump.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  const result = await runDump(folder, canceled.signal);
  await writeDumpResult(folder, result);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.exitCode = 2;
} else {
  await main(folder);
  // A pipe that a daemon of vzdump's still holds open would keep this process alive.
  process.exit(0);
}
