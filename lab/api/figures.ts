import { statfsSync } from "node:fs";
import { availableParallelism, freemem, totalmem, uptime } from "node:os";
import { type Estate, type Storage, storageDirectory } from "../state/estate";
import { parseDrive, parseSizeBytes } from "../state/guest-config";
import { type Guest, guestName, guestStatus } from "../state/guests";
import { labPlaces } from "../state/places";

/** Space of a storage in bytes; undefined while it is not active. */
export function storageSpace(directory: string, node: string, storage: Storage) {
  if (storage.isMissing || storage.disabled) return undefined;
  const space = statfsSync(storageDirectory(directory, node, storage), { throwIfNoEntry: false } as object);
  const total = storage.capacityBytes ?? space.blocks * space.bsize;
  const avail = Math.min(total, space.bavail * space.bsize);
  return { total, avail, used: storage.capacityBytes ? total - avail : (space.blocks - space.bfree) * space.bsize };
}

export function diskFigures(directory: string): { disk: number; maxdisk: number } {
  const space = statfsSync(labPlaces(directory).directory);
  return { disk: (space.blocks - space.bfree) * space.bsize, maxdisk: space.blocks * space.bsize };
}

export function nodeFigures(directory: string) {
  return {
    cpu: 0.02,
    maxcpu: availableParallelism(),
    mem: totalmem() - freemem(),
    maxmem: totalmem(),
    uptime: Math.floor(uptime()),
    ...diskFigures(directory),
  };
}

/** Figures of a guest as the lists of both types have them. Loads are made up: nothing runs. */
export function guestFigures(directory: string, guest: Guest) {
  const { status, startedAt } = guestStatus(directory, guest.vmid);
  const isRunning = status === "running";
  const uptimeSeconds =
    startedAt && isRunning ? Math.max(1, Math.floor((Date.now() - Date.parse(startedAt)) / 1000)) : 0;
  const memoryBytes = Number(guest.config.memory ?? 512) * 1024 * 1024;
  return {
    status,
    name: guestName(guest),
    vmid: guest.vmid,
    uptime: uptimeSeconds,
    cpu: 0,
    mem: isRunning ? Math.floor(memoryBytes / 8) : 0,
    maxmem: memoryBytes,
    disk: isRunning && guest.type === "lxc" ? guest.usedBytes : 0,
    maxdisk: mainDiskBytes(guest),
    netin: 0,
    netout: 0,
    diskread: 0,
    diskwrite: 0,
  };
}

export const cpuCount = (guest: Guest): number =>
  Number(guest.config.cores ?? (guest.type === "lxc" ? availableParallelism() : 1)) * Number(guest.config.sockets ?? 1);

function mainDiskBytes(guest: Guest): number {
  const bootDisk = /order=([a-z]+\d+)/.exec(String(guest.config.boot ?? ""))?.[1] ?? "scsi0";
  const drive = guest.config[guest.type === "lxc" ? "rootfs" : bootDisk];
  return drive === undefined ? 0 : parseSizeBytes(parseDrive(String(drive)).options.size);
}

/** Lock and tags stand in an entry only where the guest has them. */
export function guestMarks(guest: Guest) {
  return {
    ...(guest.config.lock === undefined ? {} : { lock: String(guest.config.lock) }),
    ...(guest.config.tags === undefined ? {} : { tags: String(guest.config.tags) }),
  };
}

export function poolOf(estate: Estate, vmid: number): string | undefined {
  return estate.pools.find((pool) => pool.members.includes(vmid))?.poolid;
}
