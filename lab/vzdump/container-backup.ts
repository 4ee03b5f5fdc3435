import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRoot } from "../estate/write-tree";
import { volumePath } from "../state/estate";
import { parseDrive, renderGuestConfig } from "../state/guest-config";
import { shutDownGuest, startGuest } from "../state/guest-power";
import { guestName, guestStatus } from "../state/guests";
import { nodePlaces } from "../state/places";
import { streamArchive } from "./archive-stream";
import { BackupFailure } from "./backup-failure";
import {
  compressor,
  downtimeText,
  type GuestBackup,
  hasFault,
  judgeOutcome,
  pipelineTail,
  printModeLines,
  printTarget,
} from "./guest-backup";
import { realTarCommand, type TarPlan, tarArguments } from "./tar-command";

type Mount = { key: string; volume: string; path: string; isIncluded: boolean; reason: string };

/** Undoes what the backup did to the running container; called whether it ended well or not. */
export type Cleanup = () => Promise<void>;

/** Backs one container up, in the order and with the lines of pve-container's VZDump/LXC.pm. */
export async function backUpContainer(backup: GuestBackup, atCleanup: (cleanup: Cleanup) => void): Promise<void> {
  const { log, guest, directory } = backup;
  const mounts = readMounts(backup);
  if (backup.mode === "snapshot") {
    printMounts(backup, mounts);
    if (!canSnapshot(backup, mounts)) {
      log.info("mode failure - some volumes do not support snapshots");
      log.info("trying 'suspend' mode instead");
      backup.mode = "suspend";
    }
  }
  printModeLines(backup);
  if (backup.mode !== "snapshot") printMounts(backup, mounts);
  backup.hook("backup-start");

  if (backup.wasRunning && backup.mode === "stop") {
    const since = Date.now();
    log.info("stopping virtual guest");
    backup.hook("pre-stop");
    await shutDownGuest(directory, guest.vmid);
    backup.interruptions.reset();
    atCleanup(() => restart(backup, since));
  }
  if (backup.mode === "suspend") suspendForSync(backup);
  if (backup.mode === "snapshot") takeSnapshot(backup, mounts, atCleanup);

  printTarget(backup);
  const plan = planTar(backup, mounts);
  writeMetadata(backup);
  const command = `set -o pipefail && ${realTarCommand(plan, backup.mode === "suspend" ? plan.temporaryDirectory : "/mnt/vzsnap0")}${pipelineTail(backup)}`;
  const outcome = await streamArchive({
    source: { kind: "program", program: { file: "tar", args: tarArguments(plan, isRoot) } },
    compressor: compressor(backup)?.program,
    target: backup.unfinishedPath ? { kind: "file", path: backup.unfinishedPath } : { kind: "stdout" },
    bandwidthLimitKib: backup.options.bandwidthLimitKib,
    faults: backup.faults,
    onLine: (line) => log.info(line),
    interruptions: backup.interruptions,
  });
  if (outcome.kind === "failed" && hasFault(backup, "noSpace")) printNoSpace(backup);
  judgeOutcome(outcome, command);
}

function readMounts({ guest }: GuestBackup): Mount[] {
  const number = (key: string) => (key === "rootfs" ? -1 : Number(key.slice(2)));
  const keys = Object.keys(guest.config)
    .filter((key) => key === "rootfs" || /^mp\d+$/.test(key))
    .toSorted((a, b) => number(a) - number(b));
  return keys.map((key) => {
    const { volume, options } = parseDrive(String(guest.config[key]));
    const isVolume = !volume.startsWith("/");
    const isIncluded = key === "rootfs" || (isVolume && options.backup === "1");
    const hostKind = volume.startsWith("/dev/") ? "device" : "bind";
    const kind = isVolume ? "volume" : hostKind;
    const reason = `excluding ${kind} mount point ${key} ('${options.mp}') from backup (${isVolume ? "disabled" : "not a volume"})`;
    return { key, volume, path: key === "rootfs" ? "/" : (options.mp ?? "/"), isIncluded, reason };
  });
}

function printMounts({ log, guest }: GuestBackup, mounts: readonly Mount[]): void {
  log.info(`CT Name: ${guestName(guest)}`);
  for (const mount of mounts) {
    log.info(mount.isIncluded ? `including mount point ${mount.key} ('${mount.path}') in backup` : mount.reason);
  }
}

function canSnapshot({ estate }: GuestBackup, mounts: readonly Mount[]): boolean {
  return mounts
    .filter((mount) => mount.isIncluded)
    .every((mount) => {
      const storage = estate.storages.find((candidate) => mount.volume.startsWith(`${candidate.storage}:`));
      return storage?.type === "zfspool" || storage?.type === "btrfs";
    });
}

/** The real one copies the running container with rsync first; the lab's files do not change, so nothing is copied. */
function suspendForSync({ log, guest, directory, temporaryDirectory, hook }: GuestBackup): void {
  const since = Date.now();
  const root = `/proc/${guestStatus(directory, guest.vmid).pid ?? 1}/root/`;
  const transferred = `${(guest.usedBytes / 1024 / 1024).toFixed(2)}M bytes`;
  log.info(`starting first sync ${root} to ${temporaryDirectory}`);
  log.info(`first sync finished - transferred ${transferred} in 0s`);
  log.info("suspending guest");
  hook("pre-stop");
  log.info(`starting final sync ${root} to ${temporaryDirectory}`);
  log.info("final sync finished - transferred 0 bytes in 0s");
  log.info("resuming guest");
  hook("pre-restart");
  hook("post-restart");
  log.info(`guest is online again after ${downtimeText(since)}`);
}

function takeSnapshot(
  { log, hook }: GuestBackup,
  mounts: readonly Mount[],
  atCleanup: (cleanup: Cleanup) => void,
): void {
  const since = Date.now();
  const isFrozen = mounts.filter((mount) => mount.isIncluded).length > 1;
  if (isFrozen) log.info("suspend vm to make snapshot");
  hook("pre-stop");
  log.info("create storage snapshot 'vzdump'");
  hook("pre-restart");
  if (isFrozen) log.info("resume vm");
  hook("post-restart");
  if (isFrozen) {
    log.info(`guest is online again after ${downtimeText(since)}`);
  }
  atCleanup(() => Promise.resolve(log.info("cleanup temporary 'vzdump' snapshot")));
}

/** A failing start or hook is a bare line: it neither fails the backup nor counts as a warning. */
async function restart(backup: GuestBackup, since: number): Promise<void> {
  const { log } = backup;
  try {
    backup.hook("pre-restart");
    log.info("restarting vm");
    const isUp = await startAgain(backup);
    if (!isUp) return;
    backup.hook("post-restart");
    log.info(`guest is online again after ${downtimeText(since)}`);
  } catch (error) {
    if (!(error instanceof BackupFailure)) throw error;
    log.raw(error.message);
  }
}

async function startAgain({ log, guest, directory, faults }: GuestBackup): Promise<boolean> {
  const failure = faults.find((fault) => fault.kind === "guestDoesNotRestart");
  if (!failure) {
    await startGuest(directory, guest.vmid);
    return true;
  }
  for (const line of failure.output ?? [`startup for container '${guest.vmid}' failed`]) log.raw(line);
  return false;
}

function planTar(backup: GuestBackup, mounts: readonly Mount[]): TarPlan {
  const { directory, node, estate, guest, options } = backup;
  const existing = (mount: Mount): string => {
    const path = volumePath(directory, node, estate, mount.volume);
    if (!path || !existsSync(path) || hasFault(backup, "failsBeforeDump")) {
      throw new BackupFailure(`volume '${mount.volume}' does not exist`);
    }
    return path;
  };
  const [root, ...others] = mounts.filter((mount) => mount.isIncluded);
  if (!root) throw new BackupFailure("unable to find a root file system");
  return {
    isUnprivileged: guest.config.unprivileged === 1,
    temporaryDirectory: backup.temporaryDirectory,
    rootDirectory: existing(root),
    mountPoints: others.map((mount) => ({ directory: existing(mount), path: mount.path.replace(/^\//, "") })),
    excludePatterns: [...options.excludePaths, ...(options.stdExcludes ? standardExcludes : [])],
    mappedIds: nodePlaces(directory, node).mappedIds,
  };
}

const standardExcludes = ["/tmp/?*", "/var/tmp/?*", "/var/run/?*.pid"];

function writeMetadata({ temporaryDirectory, guest }: GuestBackup): void {
  const folder = join(temporaryDirectory, "etc/vzdump");
  mkdirSync(folder, { recursive: true });
  const { lock: _lock, parent: _parent, ...config } = guest.config;
  writeFileSync(join(folder, "pct.conf"), renderGuestConfig(config));
  writeFileSync(join(folder, "pct.fw"), guest.firewall ?? "");
}

/** What the programs of the pipeline say when the disk is full. */
function printNoSpace({ log, options }: GuestBackup): void {
  if (options.compress === "zstd") {
    log.info("zstd: error 70 : Write error : cannot write block : No space left on device ");
  } else if (options.compress === "gzip") log.info("gzip: stdout: No space left on device");
  else {
    log.info("tar: -: Wrote only 4096 of 10240 bytes");
    log.info("tar: Error is not recoverable: exiting now");
  }
}
