import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readEstate } from "../state/estate";
import { isMissing } from "../state/json-file";
import { nodePlaces } from "../state/places";
import { appendTaskLog, closeTask, openTask } from "../tasks/task-store";
import { parseUpid, processStartTicks } from "../tasks/upid";
import { writeFully } from "./job-log";
import { parseArguments, type VzdumpOptions } from "./options";
import { selectGuests } from "./run-job";
import { startWorker, type WorkerVerdict } from "./start-worker";

/** What a worker that died without a word leaves its caller with (pve-common, RESTEnvironment). */
const noVerdict = "got unexpected control message:  ";

/**
 * The vzdump command of a lab node. Resolves with the exit code: 0 done (warnings too), 255 job errors, 2 wrong
 * parameters. The log goes to stdout, with --stdout to stderr, where the last word of a failure stands always.
 */
export async function runVzdump(
  { directory, node }: { directory: string; node: string },
  argv: readonly string[],
): Promise<number> {
  const parsed = parseArguments(argv);
  if (!parsed.ok) return refuse(parsed.errors);
  const { options } = parsed;
  const estate = readEstate(directory);
  if (options.pool !== undefined && !estate.pools.some((pool) => pool.poolid === options.pool)) {
    writeFully(2, `pool '${options.pool}' does not exist\n`);
    return 2;
  }
  if (options.stop) await stopRunningJob(directory, node);
  if (options.stop && options.vmids.length === 0 && !options.all && options.pool === undefined) return 0;
  if (options.node !== undefined && options.node !== node) return 0;
  const selection = selectGuests(directory, node, estate, options);
  const vmids = [...selection.local, ...selection.unknown];
  if (vmids.length === 0) return 0;
  return await runAsTask(directory, node, options, vmids.length === 1 ? String(vmids[0]) : "");
}

function refuse(errors: Record<string, string>): number {
  const usage = "vzdump {<vmid>} [OPTIONS]\n";
  const general = errors[""];
  if (general !== undefined) writeFully(2, `${general}\n${usage}`);
  else {
    const lines = Object.entries(errors).map(([name, reason]) => `${name}: ${reason}\n`);
    writeFully(2, `400 Parameter verification failed.\n${lines.join("")}${usage}`);
  }
  return 2;
}

async function runAsTask(directory: string, node: string, options: VzdumpOptions, taskId: string): Promise<number> {
  const worker = startWorker({ directory, node, options }, "root@pam", taskId);
  openTask(directory, worker.upid);
  passSignals(worker.child.pid ?? 0);
  worker.child.stderr?.on("data", (piece: Buffer) => {
    appendTaskLog(directory, worker.upid, piece.toString("utf8"));
    if (!options.isQuiet) process[options.toStdout ? "stderr" : "stdout"].write(piece);
  });
  let verdict: WorkerVerdict | undefined;
  worker.child.on("message", (message: WorkerVerdict) => {
    verdict = message;
  });
  const closed = new Promise<void>((resolve) => worker.child.once("close", () => resolve()));
  worker.begin();
  await closed;

  const status = verdict?.status ?? noVerdict;
  closeTask(directory, worker.upid, status);
  if (status === "OK") return 0;
  if (status.startsWith("WARNINGS: ")) {
    writeFully(2, `Task finished with ${status.slice("WARNINGS: ".length)} warning(s)!\n`);
    return 0;
  }
  writeFully(2, `${status.replaceAll("\n", " ")}\n`);
  return 255;
}

/** Ctrl-C and TERM go on to the worker's group as TERM; at the fourth the worker is killed. */
function passSignals(workerPid: number): void {
  let count = 0;
  const pass = () => {
    count++;
    try {
      process.kill(-workerPid, count > 3 ? "SIGKILL" : "SIGTERM");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, pass);
}

/** --stop: TERM to the job that runs on this node, and up to 15 seconds for it to end. */
async function stopRunningJob(directory: string, node: string): Promise<void> {
  const task = parseUpid(readRunningJob(directory, node) ?? "");
  if (!task || processStartTicks(task.pid) !== task.processStart) return;
  process.kill(task.pid, "SIGTERM");
  for (let tries = 0; tries < 150 && processStartTicks(task.pid) === task.processStart; tries++) await sleep(100);
}

function readRunningJob(directory: string, node: string): string | undefined {
  try {
    return readFileSync(nodePlaces(directory, node).runningJob, "utf8").trim();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
