import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { parseArchiveName } from "@/lib/domain/archive-name";
import { judgeDump } from "@/lib/domain/dump-verdict";
import { AppError } from "@/lib/domain/errors";
import { isTimeZone } from "@/lib/domain/zoned-time";
import { createArchiveLog } from "./archive-log";
import { asAppError, type DumpJob, type EndedDump } from "./dump-job";
import { dumpInFrames } from "./frames-engine";
import {
  type DumpRequest,
  type DumpResult,
  dumpJobPaths,
  type GuestRestart,
  readDumpRequest,
  readDumpResult,
  readDumpState,
} from "./job-folder";
import { openLogFile } from "./log-file";
import { identifyProcess } from "./process-identity";
import { createProgressFile } from "./progress-file";
import { dumpAsStock } from "./stock-engine";
import { watchVzdump } from "./watch-vzdump";

type Failure = DumpResult & { isOk: false };

const failureOf = (
  error: AppError,
  guestRestart: GuestRestart = "not_needed",
  exitCode: number | null = null,
): Failure => ({
  isOk: false,
  code: error.code,
  cause: error.message,
  isBusy: false,
  guestRestart,
  exitCode,
});

/**
 * Runs the dump that a job folder asks for, to its end. Whatever goes wrong is in the result; nothing of a dump that
 * failed is left in the dump directory. Aborting `signal` cancels it. The result is not written here.
 */
export async function runDump(folder: string, signal: AbortSignal): Promise<DumpResult> {
  try {
    const request = await readDumpRequest(folder);
    await checkRequest(request);
    return await runJob(folder, request, signal);
  } catch (error) {
    return failureOf(asAppError(error));
  }
}

/** Whether a job folder's dump was begun before, by whomever: it is not to be begun again, nor its result overwritten. */
export async function isBegun(folder: string): Promise<boolean> {
  return (await readDumpState(folder)) !== undefined || (await readDumpResult(folder)) !== undefined;
}

/** Before vzdump is started: in mode stop a guest would be stopped for nothing. */
async function checkRequest({ dumpDirectory, stagingDirectory, timeZone }: DumpRequest): Promise<void> {
  if (!isTimeZone(timeZone)) throw new AppError("invalid_input", `'${timeZone}' is no time zone of this system.`);
  for (const directory of [dumpDirectory, stagingDirectory]) {
    if (directory === undefined) continue;
    await access(directory, constants.W_OK);
    if (!(await stat(directory)).isDirectory()) {
      throw new AppError("dump_directory_unusable", `${directory} is no directory.`);
    }
  }
}

async function runJob(folder: string, request: DumpRequest, signal: AbortSignal): Promise<DumpResult> {
  const identity = identifyProcess(process.pid);
  if (!identity) throw new AppError("not_possible", "This system has no /proc to tell processes apart by.");
  const startedMs = performance.now();
  const logFile = openLogFile(dumpJobPaths(folder).log, () => undefined);
  const say = (text: string) => logFile.append([`undercroft: ${text}`]);
  const initial = {
    phase: "starting",
    process: identity,
    vzdump: null,
    rawBytes: null,
    writtenBytes: 0,
    vzdumpPercent: null,
    archiveName: null,
    partPath: null,
    isCanceling: false,
  } as const;
  const progress = createProgressFile(folder, initial, (error) => say(`the progress cannot be written: ${error}`));
  const watch = watchVzdump(request, progress.update);
  const archiveLog = createArchiveLog(request.timeZone);
  const onLines = (lines: string[]) => {
    logFile.append(lines);
    archiveLog.add(lines);
    watch.add(lines);
  };
  signal.addEventListener("abort", () => progress.update({ isCanceling: true }, true), { once: true });
  try {
    if (signal.aborted) throw new AppError("canceled", "The backup was cancelled.");
    const job = { folder, request, signal, progress, watch, archiveLog, onLines, say };
    const ended = await (request.engine === "frames" ? dumpInFrames(job) : dumpAsStock(job));
    return await conclude(job, ended, Math.round(performance.now() - startedMs));
  } catch (error) {
    // Not one of the ways a dump is known to end: what it was must be found later.
    if (!(error instanceof AppError)) say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    throw error;
  } finally {
    progress.update({ phase: "over", partPath: null }, true);
    await progress.close();
    logFile.close();
  }
}

/** Judges what there is, and makes an archive of it or leaves nothing. */
async function conclude(job: DumpJob, ended: EndedDump, durationMs: number): Promise<DumpResult> {
  const { request, watch, signal } = job;
  const log = watch.log();
  const { exitCode, received } = ended;
  const verdict = judgeDump({
    guestType: request.type,
    log,
    exitCode,
    signal: ended.signal,
    received: received && { bytes: received.bytes, isWhole: received.isWhole },
    isCanceled: signal.aborted,
    // The worker asks Proxmox; here only vzdump's lines are known.
    guestWasRunning: null,
    guestIsRunning: null,
  });
  const { guestRestart } = verdict;
  if (ended.failure || !verdict.isOk) {
    await ended.discard();
    if (ended.failure) return failureOf(ended.failure, guestRestart, exitCode);
    if (verdict.isOk) throw new Error("a dump that went well has no failure");
    const { code, isBusy } = verdict;
    const isCut = code === "dump_incomplete" && received !== null && received.reason !== "";
    const cause = isCut ? `${verdict.cause} ${received.reason}` : verdict.cause;
    return { isOk: false, code, cause, isBusy, guestRestart, exitCode };
  }
  try {
    const archive = await ended.publish();
    const startedAt = startOf(archive.archiveName, request.timeZone);
    const mode = log.mode ?? request.mode;
    return { isOk: true, ...archive, startedAt, durationMs, mode, guestRestart, warnings: verdict.warnings };
  } catch (error) {
    await ended.discard();
    return failureOf(asAppError(error), guestRestart, exitCode);
  }
}

function startOf(archiveName: string, timeZone: string): string {
  const parsed = parseArchiveName(archiveName, timeZone);
  if (parsed.kind !== "standard") throw new AppError("tool_failed", `vzdump named its archive ${archiveName}`);
  return parsed.createdAt.toISOString();
}
