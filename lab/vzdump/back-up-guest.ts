import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type GuestFault, takeGuestFaults } from "../faults";
import { changeGuest, findGuest, guestName, guestStatus } from "../state/guests";
import { archiveTimestamp, labNow, localTimestamp } from "../state/lab-clock";
import { nodePlaces } from "../state/places";
import { listArchives, setProtected, writeNotes } from "../storage/dump-directory";
import { keepCount, keepsEverything } from "../storage/prune-marks";
import { BackupFailure } from "./backup-failure";
import { backUpContainer, type Cleanup } from "./container-backup";
import { compressionSuffix, type GuestBackup } from "./guest-backup";
import type { GuestPhase, HookEnvironment } from "./hook-script";
import { type JobContext, jobEnvironment } from "./job-context";
import { renderNotes } from "./notes-template";
import { pruneGuestBackups } from "./prune-guest-backups";
import { archiveSizeText, elapsedText } from "./sizes";
import { backUpVm } from "./vm-backup";

/** What the hook script is told of a guest, as far as it is known. */
type HookState = { mode: string; environment: HookEnvironment };

/** Backs one guest up and says so in the log. False when it failed: the job goes on with the next guest. */
export async function backUpGuest(context: JobContext, vmid: number): Promise<boolean> {
  const { directory, log, interruptions, options } = context;
  const startedAt = Date.now();
  const state: HookState = { mode: options.mode, environment: jobEnvironment(context) };
  interruptions.reset();
  let isGood = true;
  try {
    await attempt(context, vmid, state);
    log.info(`Finished Backup of VM ${vmid} (${elapsedText(Date.now() - startedAt)})`);
    log.taskInfo(`Backup finished at ${localTimestamp(labNow(directory))}`);
  } catch (error) {
    if (!(error instanceof BackupFailure)) throw error;
    isGood = false;
    log.error(`Backup of VM ${vmid} failed - ${error.message}`);
    log.taskInfo(`Failed at ${localTimestamp(labNow(directory))}`);
    if (state.environment.TARGET) callOrWarn(context, "backup-abort", vmid, state);
  }
  log.closeGuestLog(state.environment.LOGFILE);
  if (state.environment.TARGET) callOrWarn(context, "log-end", vmid, state);
  return isGood;
}

/** The last two phases of a guest cannot fail it any more. */
function callOrWarn(
  { hook, log }: JobContext,
  phase: GuestPhase,
  vmid: number,
  { mode, environment }: HookState,
): void {
  try {
    hook(phase, environment, { mode, vmid });
  } catch (error) {
    log.warn(error instanceof Error ? error.message : String(error));
  }
}

async function attempt(context: JobContext, vmid: number, state: HookState): Promise<void> {
  const { directory, node, estate, options, log, target } = context;
  const guest = findGuest(directory, vmid);
  if (!guest) throw new BackupFailure(`unable to find VM '${vmid}'`);
  refuseBeyondLimit(context, vmid);

  const now = labNow(directory);
  const baseName = `vzdump-${guest.type}-${vmid}-${archiveTimestamp(now)}`;
  const extension = guest.type === "lxc" ? "tar" : "vma";
  const suffix = compressionSuffix(options);
  const finalPath = join(target.dumpDirectory, `${baseName}.${extension}${suffix}`);
  const unfinishedPath = join(target.dumpDirectory, suffix ? `${baseName}.${extension}.dat` : `${baseName}.dat`);
  const temporaryDirectory = join(target.dumpDirectory, `${baseName}.tmp`);
  const logCopy = join(target.dumpDirectory, `${baseName}.log`);
  state.environment = { ...state.environment, TARGET: finalPath, LOGFILE: logCopy, VMTYPE: guest.type };

  log.openGuestLog(join(nodePlaces(directory, node).guestLogs, `${guest.type}-${vmid}.log`));
  log.info(`Starting Backup of VM ${vmid} (${guest.type})`);
  log.taskInfo(`Backup started at ${localTimestamp(now)}`);
  const wasRunning = guestStatus(directory, vmid).status === "running";
  log.info(`status = ${wasRunning ? "running" : "stopped"}`);
  const mode = wasRunning ? options.mode : "stop";
  state.mode = mode;
  const faults = await takeGuestFaults(directory, vmid);
  await lockGuest(context, vmid, guest.type === "lxc" ? "CT" : "VM", faults);

  state.environment = { ...state.environment, HOSTNAME: guestName(guest) };
  const backup: GuestBackup = {
    ...{ directory, node, estate, options, log, interruptions: context.interruptions, faults, guest, wasRunning, mode },
    temporaryDirectory,
    unfinishedPath: options.toStdout ? undefined : unfinishedPath,
    finalPath,
    hook: (phase) => callOrFail(context, phase, vmid, backup.mode, state),
  };
  const cleanups: Cleanup[] = [];
  const atCleanup = (cleanup: Cleanup) => void cleanups.unshift(cleanup);
  try {
    makeTemporaryDirectory(backup);
    if (guest.type === "lxc") await backUpContainer(backup, atCleanup);
    else await backUpVm(backup, atCleanup);
    if (!options.toStdout) await finishFile(context, backup, unfinishedPath);
    backup.hook("backup-end");
  } finally {
    await unlockGuest(context, vmid);
    for (const cleanup of cleanups) await cleanup();
    rmSync(unfinishedPath, { force: true });
    rmSync(temporaryDirectory, { recursive: true, force: true });
  }
}

function callOrFail(
  { hook }: JobContext,
  phase: GuestPhase,
  vmid: number,
  mode: string,
  { environment }: HookState,
): void {
  try {
    hook(phase, environment, { mode, vmid });
  } catch (error) {
    throw new BackupFailure(error instanceof Error ? error.message : String(error));
  }
}

/** With --remove 0 the retention is a limit instead: at or above it nothing is backed up. */
function refuseBeyondLimit({ options, target }: JobContext, vmid: number): void {
  if (options.remove || keepsEverything(target.keep)) return;
  const limit = keepCount(target.keep);
  const counted = listArchives(target.dumpDirectory).filter((archive) => archive.vmid === vmid && !archive.isProtected);
  if (counted.length < limit) return;
  throw new BackupFailure(
    `There is a max backup limit of ${limit} enforced by the target storage or the vzdump parameters. Either increase the limit or delete old backups.`,
  );
}

async function lockGuest(
  { directory }: JobContext,
  vmid: number,
  kind: "CT" | "VM",
  faults: readonly GuestFault[],
): Promise<void> {
  const imagined = faults.find((fault) => fault.kind === "locked");
  if (imagined) throw new BackupFailure(`${kind} is locked (${imagined.lock})`);
  let held: string | number | undefined;
  await changeGuest(directory, vmid, (guest) => {
    held = guest.config.lock;
    return held === undefined ? { ...guest, config: { ...guest.config, lock: "backup" } } : guest;
  });
  if (held !== undefined) throw new BackupFailure(`${kind} is locked (${held})`);
}

function unlockGuest({ directory }: JobContext, vmid: number): Promise<unknown> {
  return changeGuest(directory, vmid, (guest) => {
    const { lock: _lock, ...config } = guest.config;
    return { ...guest, config };
  });
}

function makeTemporaryDirectory({ temporaryDirectory, faults, options }: GuestBackup): void {
  if (options.toStdout && faults.some((fault) => fault.kind === "noSpace")) {
    throw new BackupFailure(`unable to create temporary directory '${temporaryDirectory}' - No space left on device`);
  }
  mkdirSync(temporaryDirectory, { recursive: true });
}

/** The archive appears under its name when it is complete; then its notes, its protection, and the prune. */
async function finishFile(context: JobContext, backup: GuestBackup, unfinishedPath: string): Promise<void> {
  const { estate, options, log, node, target } = context;
  const { finalPath, guest } = backup;
  renameSync(unfinishedPath, finalPath);
  log.info(`archive file size: ${archiveSizeText(statSync(finalPath).size)}`);
  if (options.notesTemplate !== undefined) {
    log.info("adding notes to backup");
    const cluster = estate.clusterName ?? "standalone node";
    const values = { cluster, node, vmid: String(guest.vmid), guestname: guestName(guest) };
    writeNotes(finalPath, renderNotes(options.notesTemplate, values));
  }
  if (options.isProtected) {
    log.info("marking backup as protected");
    setProtected(finalPath, true);
  }
  if (options.remove && !keepsEverything(target.keep)) pruneGuestBackups(target, guest, log);
}
