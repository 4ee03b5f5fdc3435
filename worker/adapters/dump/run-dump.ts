import { access, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/domain/errors";
import {
  type DumpRequestInput,
  type DumpResult,
  dumpJobPaths,
  readDumpRequest,
  readDumpResult,
  readDumpState,
  writeDumpRequest,
} from "../../dump/job-folder";
import type { DumpOrder, ForgetDump, HasDump, MadeArchive, RunDump } from "../../ports";
import { StepBusy } from "../../step-endings";
import { busyRetryMs } from "../../tunables";
import { commandEnvironment } from "../command/environment";
import { findProcessWritingTo, isAlive, type ProcessIdentity } from "../command/process-identity";
import { startDetached } from "../command/start-detached";
import { createLogTail } from "./log-tail";

const projectRoot = join(import.meta.dirname, "../../..");
const entryPoint = join(import.meta.dirname, "../../dump/main.ts");
const lookEveryMs = 300;

type DumpAdapter = { runDump: RunDump; hasDump: HasDump; forgetDump: ForgetDump };

/** Dumps by processes of their own, which need neither worker, Redis nor Postgres to finish, and are found again by folder. */
export function createDumpAdapter({
  stateDirectory,
  vzdumpProgram,
  timeZone,
}: {
  stateDirectory: string;
  vzdumpProgram: string;
  timeZone: string;
}): DumpAdapter {
  const folderOf = (stepId: string) => join(stateDirectory, "dumps", stepId);
  const forgetDump: ForgetDump = (stepId) => rm(folderOf(stepId), { recursive: true, force: true });
  const hasDump: HasDump = (stepId) =>
    access(dumpJobPaths(folderOf(stepId)).request).then(
      () => true,
      () => false,
    );

  const runDump: RunDump = async (order, follow) => {
    const folder = folderOf(order.stepId);
    const identity = (await hasDump(order.stepId))
      ? await findDump(folder)
      : await startDump(folder, requestOf(order, { vzdumpProgram, timeZone }));
    const result = await followDump(folder, identity, order, follow);
    if (result.isOk) return toMadeArchive(result);
    await forgetDump(order.stepId);
    throw failureOf(result);
  };
  return { runDump, hasDump, forgetDump };
}

function requestOf(order: DumpOrder, node: { vzdumpProgram: string; timeZone: string }): DumpRequestInput {
  const limit = order.limitKibPerSecond > 0 ? ["--bwlimit", String(order.limitKibPerSecond)] : [];
  return {
    vmid: order.guest.vmid,
    type: order.guest.type,
    mode: order.mode,
    vzdumpProgram: node.vzdumpProgram,
    vzdumpArguments: limit,
    engine: order.engine,
    level: order.compressionLevel,
    threads: order.compressionThreads,
    dumpDirectory: order.dumpDirectory,
    timeZone: node.timeZone,
    notes: order.notes,
    environment: commandEnvironment(),
  };
}

const outputPath = (folder: string) => join(folder, "process.log");

async function startDump(folder: string, request: DumpRequestInput): Promise<ProcessIdentity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDumpRequest(folder, request);
  const { identity } = await startDetached({
    file: process.execPath,
    args: ["--import", "tsx", entryPoint, folder],
    cwd: projectRoot,
    stdoutPath: outputPath(folder),
    stderrPath: outputPath(folder),
  });
  return identity;
}

/** The process a worker before us started; by its own word, or, while it has not said one, by its open output file. */
async function findDump(folder: string): Promise<ProcessIdentity | undefined> {
  const state = await readDumpState(folder);
  if (state) return state.process;
  const found = findProcessWritingTo(outputPath(folder));
  if (found) return found;
  // The worker died between writing the request and starting the process: nothing has been done yet.
  return (await readDumpResult(folder)) ? undefined : await startDump(folder, await readDumpRequest(folder));
}

async function followDump(
  folder: string,
  started: ProcessIdentity | undefined,
  order: DumpOrder,
  { signal, onProgress, onLine }: Parameters<RunDump>[1],
): Promise<DumpResult> {
  const tail = createLogTail(dumpJobPaths(folder).log, order.toldLineCount);
  let isToldToEnd = false;
  for (;;) {
    // Asked before the result: a process that wrote it and ended between the two looks is no lost one.
    const state = await readDumpState(folder);
    const identity = state?.process ?? started;
    const isRunning = identity !== undefined && isAlive(identity);
    await tail.read(onLine);
    if (state) onProgress({ bytesDone: state.writtenBytes });

    const result = await readDumpResult(folder);
    if (result && !isRunning) {
      await tail.read(onLine);
      return result;
    }
    if (!isRunning) return await lostDump(folder);

    if (signal.aborted && signal.reason !== "canceled") throw new AppError("canceled", "No longer followed.");
    if (signal.aborted && !isToldToEnd) {
      isToldToEnd = true;
      // To itself only: it tells vzdump, and waits until the guest runs again.
      process.kill(identity.pid, "SIGTERM");
    }
    await sleep(lookEveryMs);
  }
}

/** A dump process that is gone without a word was killed: what it was writing is no archive. */
async function lostDump(folder: string): Promise<DumpResult> {
  const result = await readDumpResult(folder);
  if (result) return result;
  const state = await readDumpState(folder);
  if (state?.partPath) await rm(state.partPath, { force: true });
  return {
    isOk: false,
    code: "dump_incomplete",
    cause: "The dump process was ended from outside before it was done.",
    isBusy: false,
    guestRestart: "not_needed",
    exitCode: null,
  };
}

function failureOf(result: DumpResult & { isOk: false }): Error {
  if (result.isBusy) return new StepBusy(`${result.cause} Asking again in ${busyRetryMs / 1000} s.`, busyRetryMs);
  return new AppError(result.code, result.cause);
}

function toMadeArchive(result: DumpResult & { isOk: true }): MadeArchive {
  return {
    fileName: result.archiveName,
    takenAt: new Date(result.startedAt),
    mode: result.mode,
    durationMs: result.durationMs,
    sizeBytes: result.sizeBytes,
    sha256: result.sha256,
    md5: result.md5,
    rawSizeBytes: result.raw?.sizeBytes ?? null,
    rawSha256: result.raw?.sha256 ?? null,
    hasSeekTable: result.hasSeekTable,
    configText: result.raw?.configText ?? "",
    warnings: result.warnings,
    guestRestart: result.guestRestart,
  };
}
