import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { volumePath } from "../state/estate";
import { parseDrive, parseSizeBytes, renderGuestConfig } from "../state/guest-config";
import { shutDownGuest, startGuest } from "../state/guest-power";
import { guestName, setGuestStatus } from "../state/guests";
import { labNow } from "../state/lab-clock";
import { streamArchive } from "./archive-stream";
import { BackupFailure } from "./backup-failure";
import type { Cleanup } from "./container-backup";
import { compressor, downtimeText, type GuestBackup, hasFault, printModeLines, printTarget } from "./guest-backup";
import { bytesText, diskSizeText, durationText, rateText } from "./sizes";
import { type VmaBlob, type VmaDisk, type VmaProgress, writeVma } from "./vma-writer";

type Drive = { key: string; volume: string; sizeBytes: number; isIncluded: boolean };

/** Backs one VM up as a VMA, in the order and with the lines of qemu-server's VZDump/QemuServer.pm. */
export async function backUpVm(backup: GuestBackup, atCleanup: (cleanup: Cleanup) => void): Promise<void> {
  const { log, guest, directory } = backup;
  const drives = readDrives(backup);
  if (backup.mode === "snapshot") {
    printDrives(backup, drives);
    printModeLines(backup);
  } else {
    printModeLines(backup);
    printDrives(backup, drives);
  }
  const isDiskless = !drives.some((drive) => drive.isIncluded);
  if (isDiskless) log.info("backup contains no disks");
  backup.hook("backup-start");

  const since = Date.now();
  if (backup.wasRunning && backup.mode === "stop") {
    log.info("stopping virtual guest");
    backup.hook("pre-stop");
    await shutDownGuest(directory, guest.vmid);
    backup.interruptions.reset();
  }
  if (backup.wasRunning && backup.mode === "suspend") {
    log.info("suspending guest");
    backup.hook("pre-stop");
  }
  if (backup.wasRunning && backup.mode === "snapshot") {
    for (const phase of ["pre-stop", "pre-restart", "post-restart"] as const) backup.hook(phase);
  } else if (backup.wasRunning) atCleanup(() => Promise.resolve(callAfterwards(backup)));
  for (const key of Object.keys(guest.config).filter((name) => /^unused\d+$/.test(name))) {
    log.info(`skip unused drive '${guest.config[key]}' (not included into backup)`);
  }
  printTarget(backup);
  if (hasFault(backup, "noSpace") && !backup.unfinishedPath) {
    throw new BackupFailure("unable to write qemu-server.conf - No space left on device");
  }
  const disks = openDrives(backup, drives);
  if (isDiskless) {
    log.info("starting diskless backup");
    log.info(`/usr/bin/vma create -v -c ${backup.temporaryDirectory}/qemu-server.conf /dev/stdout`);
    await stream(backup, drives, [], Buffer.from(randomUUID().replaceAll("-", ""), "hex"), () => undefined);
    await resume(backup, since, atCleanup);
    return;
  }
  if (!backup.wasRunning || backup.mode === "stop") log.info("starting kvm to execute backup task");
  if (backup.wasRunning && backup.mode === "snapshot" && /^1|enabled=1/.test(String(guest.config.agent ?? ""))) {
    log.info("skipping guest filesystem freeze - agent configured but not running?");
  }
  if (backup.wasRunning) log.info("starting backup via QMP command");
  const uuid = randomUUID();
  log.info(`started backup task '${uuid}'`);
  await resume(backup, since, atCleanup);

  const progress = createProgressLines(backup, disks);
  try {
    await stream(backup, drives, disks, Buffer.from(uuid.replaceAll("-", ""), "hex"), progress.update);
    progress.finish();
  } finally {
    if (!backup.wasRunning) log.info("stopping kvm after backup task");
  }
}

/** Stopped and suspended VMs run again by then; the hooks of their restart come last all the same. */
function callAfterwards({ hook, log }: GuestBackup): void {
  try {
    hook("pre-restart");
    hook("post-restart");
  } catch (error) {
    if (!(error instanceof BackupFailure)) throw error;
    log.raw(error.message);
  }
}

/** In mode stop the VM runs again as soon as the job has begun: the copy is taken from the running one. */
async function resume(backup: GuestBackup, since: number, atCleanup: (cleanup: Cleanup) => void): Promise<void> {
  const { log, guest, directory, mode, wasRunning } = backup;
  if (!wasRunning) return;
  if (mode !== "snapshot" && hasFault(backup, "guestDoesNotRestart")) {
    setGuestStatus(directory, guest.vmid, "stopped");
    atCleanup(() => Promise.resolve(log.raw(`VM ${guest.vmid} qmp command 'cont' failed - got timeout`)));
    return;
  }
  if (mode === "stop") await startGuest(directory, guest.vmid);
  log.info(mode === "snapshot" ? "resuming VM again" : `resuming VM again after ${downtimeText(since)}`);
}

const driveKey = /^(?:scsi|virtio|sata|ide|efidisk|tpmstate)\d+$/;

function readDrives({ guest }: GuestBackup): Drive[] {
  return Object.keys(guest.config)
    .filter((key) => driveKey.test(key))
    .toSorted()
    .flatMap((key) => {
      const { volume, options } = parseDrive(String(guest.config[key]));
      if (options.media === "cdrom") return [];
      return [{ key, volume, sizeBytes: parseSizeBytes(options.size), isIncluded: options.backup !== "0" }];
    });
}

function printDrives({ log, guest }: GuestBackup, drives: readonly Drive[]): void {
  log.info(`VM Name: ${guestName(guest)}`);
  for (const drive of drives) {
    if (drive.isIncluded) log.info(`include disk '${drive.key}' '${drive.volume}' ${diskSizeText(drive.sizeBytes)}`);
    else log.info(`exclude disk '${drive.key}' '${drive.volume}' (backup=no)`);
  }
}

function openDrives(backup: GuestBackup, drives: readonly Drive[]): VmaDisk[] {
  const { directory, node, estate } = backup;
  return drives.flatMap((drive) => {
    if (!drive.isIncluded) return [];
    const path = volumePath(directory, node, estate, drive.volume);
    if (!path || !existsSync(path) || hasFault(backup, "failsBeforeDump")) {
      throw new BackupFailure(`no such volume '${drive.volume}'`);
    }
    return [{ deviceName: `drive-${drive.key}`, path, sizeBytes: statSync(path).size }];
  });
}

async function stream(
  backup: GuestBackup,
  drives: readonly Drive[],
  disks: readonly VmaDisk[],
  uuid: Buffer,
  onProgress: (progress: VmaProgress) => void,
): Promise<void> {
  const { log, guest, directory, options } = backup;
  const blobs: VmaBlob[] = [{ name: "qemu-server.conf", content: Buffer.from(configBlob(backup, drives), "utf8") }];
  if (guest.firewall !== undefined)
    blobs.push({ name: "qemu-server.fw", content: Buffer.from(guest.firewall, "utf8") });
  const outcome = await streamArchive({
    source: { kind: "bytes", bytes: () => writeVma(uuid, labNow(directory), blobs, disks, onProgress) },
    compressor: compressor(backup)?.program,
    target: backup.unfinishedPath ? { kind: "file", path: backup.unfinishedPath } : { kind: "stdout" },
    bandwidthLimitKib: options.bandwidthLimitKib,
    faults: backup.faults,
    onLine: (line) => log.raw(line),
    interruptions: backup.interruptions,
  });
  if (outcome.kind === "finished" || outcome.kind === "cut") return;
  const reason =
    outcome.kind === "interrupted" ? "interrupted by signal" : "vma_queue_write: write error - Broken pipe";
  if (outcome.kind === "failed" && options.compress === "zstd") {
    log.raw("zstd: error 70 : Write error : cannot write block : No space left on device ");
  }
  log.error(reason);
  log.info("aborting backup job");
  if (backup.wasRunning) log.info("resuming VM again");
  throw new BackupFailure(reason);
}

/** The configuration without what belongs to this machine only, and one line per disk (qemu-server, assemble). */
function configBlob({ guest }: GuestBackup, drives: readonly Drive[]): string {
  const kept = Object.entries(guest.config).filter(
    ([key]) => key !== "lock" && key !== "parent" && !/^unused\d+$/.test(key),
  );
  const map = drives
    .filter((drive) => drive.isIncluded)
    .map((drive) => `#qmdump#map:${drive.key}:drive-${drive.key}:${drive.volume.split(":")[0]}:raw:\n`);
  return `${renderGuestConfig(Object.fromEntries(kept))}${map.join("")}`;
}

/** A line when the percentage changed and more than two seconds passed, and the last one in any case. */
function createProgressLines({ log }: GuestBackup, disks: readonly VmaDisk[]) {
  const totalBytes = disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  const startedAt = Date.now();
  let shown = { percent: -1, at: startedAt, readBytes: 0, zeroBytes: 0 };
  let latest: VmaProgress = { readBytes: 0, zeroBytes: 0 };

  function print(now: number): void {
    const percent = Math.floor((latest.readBytes * 100) / Math.max(1, totalBytes));
    const seconds = Math.max(1, (now - shown.at) / 1000);
    const read = (latest.readBytes - shown.readBytes) / seconds;
    const write = read - (latest.zeroBytes - shown.zeroBytes) / seconds;
    const amounts = `(${bytesText(latest.readBytes, 1)} of ${bytesText(totalBytes, 1)})`;
    const rates = `read: ${rateText(read)}, write: ${rateText(write)}`;
    log.info(`${String(percent).padStart(3)}% ${amounts} in ${durationText(now - startedAt)}, ${rates}`);
    shown = { percent, at: now, ...latest };
  }

  return {
    update(progress: VmaProgress): void {
      latest = progress;
      const now = Date.now();
      const percent = Math.floor((progress.readBytes * 100) / Math.max(1, totalBytes));
      if (percent !== shown.percent && now - shown.at > 2000) print(now);
    },
    finish(): void {
      // A cut stream is reported like a whole one: QEMU read the disks to their end.
      latest = { readBytes: totalBytes, zeroBytes: latest.zeroBytes };
      if (shown.percent < 100) print(Date.now());
      const zeroPercent = Math.floor((latest.zeroBytes * 100) / Math.max(1, totalBytes));
      if (zeroPercent > 0)
        log.info(`backup is sparse: ${bytesText(latest.zeroBytes, 2)} (${zeroPercent}%) total zero data`);
      const seconds = Math.max(1, Math.round((Date.now() - startedAt) / 1000));
      const rate = rateText(totalBytes / seconds);
      log.info(`transferred ${bytesText(totalBytes, 2)} in ${seconds} seconds (${rate})`);
    },
  };
}
