import { rmSync } from "node:fs";
import { readEstate } from "../state/estate";
import { writeFileAtomically } from "../state/json-file";
import { nodePlaces } from "../state/places";
import { JobFailure } from "./backup-failure";
import { createHook, type RunHook } from "./hook-script";
import { watchInterruptions } from "./interruption";
import { resolveTarget } from "./job-context";
import { createJobLog, writeFully } from "./job-log";
import type { VzdumpOptions } from "./options";
import { runJob, selectGuests, takeGlobalLock } from "./run-job";
import type { WorkerOrder, WorkerVerdict } from "./start-worker";

const interruptions = watchInterruptions();

process.once("message", (order: WorkerOrder) => {
  work(order).then(
    (verdict) => finish(verdict, 0),
    (error: unknown) => {
      if (!(error instanceof JobFailure)) throw error;
      finish({ status: error.message }, 255);
    },
  );
});

/** Does the job of one vzdump call. Undefined: it ends without a word, as the real one does without the global lock. */
async function work({ directory, node, upid, options }: WorkerOrder): Promise<WorkerVerdict | undefined> {
  const log = createJobLog(directory, (text) => writeFully(2, text));
  const estate = readEstate(directory);
  const hook = createHook(options.script, log);
  callJobInit(hook, node, options);
  const target = resolveTarget(directory, node, estate, options);
  const release = await takeGlobalLock(directory, node, options, log);
  if (!release) return undefined;
  const { runningJob } = nodePlaces(directory, node);
  writeFileAtomically(runningJob, upid);
  const selection = selectGuests(directory, node, estate, options);
  await runJob({ directory, node, estate, options, log, interruptions, target, hook }, selection);
  rmSync(runningJob, { force: true });
  const warnings = log.warningCount();
  return { status: warnings > 0 ? `WARNINGS: ${warnings}` : "OK" };
}

/** Comes before the storage is looked at; its failure is the job's. */
function callJobInit(hook: RunHook, node: string, { storage, dumpdir }: VzdumpOptions): void {
  const place = { ...(storage ? { STOREID: storage } : {}), ...(dumpdir ? { DUMPDIR: dumpdir } : {}) };
  try {
    hook("job-init", { ...place, HOSTNAME: node });
  } catch (error) {
    throw new JobFailure(error instanceof Error ? error.message : String(error));
  }
}

/** The last word goes to who started us, if it still listens. */
function finish(verdict: WorkerVerdict | undefined, exitCode: number): void {
  if (verdict && process.connected) process.send?.(verdict, () => process.exit(exitCode));
  else process.exit(exitCode);
}
