import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { type Estate, volumePath } from "../state/estate";
import { type GuestConfig, parseGuestConfig } from "../state/guest-config";
import { saveGuest, setGuestStatus } from "../state/guests";
import { openArchive } from "../storage/read-archive-config";
import { madeUnique, withoutDropped, withVolume } from "./restored-config";
import { throttle } from "./throttle";
import { readVma, type VmaCluster, type VmaHeader } from "./vma-stream";

export type VmRestore = {
  directory: string;
  estate: Estate;
  node: string;
  vmid: number;
  archivePath: string;
  /** Without one, each disk goes where it came from, and to `local` where that is unknown. */
  storage: string | undefined;
  given: GuestConfig;
  isUnique: boolean;
  bandwidthLimitKib: number;
};

type Disk = { key: string; deviceId: number; file: number; path: string; volume: string; sizeBytes: number };

/** Writes a VM's archive into new disks, with the lines of qmrestore and vma extract. */
export async function restoreVm(restore: VmRestore, log: (line: string) => void): Promise<void> {
  const { archivePath, vmid } = restore;
  const fifo = `/var/tmp/vzdumptmp${process.pid}.fifo /var/tmp/vzdumptmp${process.pid}`;
  const isPacked = !archivePath.endsWith(".vma");
  log(
    `restore vma archive: ${isPacked ? `zstd -q -d -c ${archivePath} | vma extract -v -r ${fifo.replace(" ", " - ")}` : `vma extract -v -r ${fifo.replace(" ", ` ${archivePath} `)}`}`,
  );

  const { bytes, close } = openArchive(archivePath);
  const limit = restore.bandwidthLimitKib > 0 ? restore.bandwidthLimitKib * 1024 : Number.POSITIVE_INFINITY;
  let disks: Disk[] = [];
  let config: GuestConfig = {};
  let firewall: string | undefined;
  const progress = createProgress(log);
  try {
    await readVma(
      Readable.from(throttle(limit)(bytes)),
      (header) => {
        printHeader(header, log);
        const text = blobText(header, "qemu-server.conf") ?? "";
        firewall = blobText(header, "qemu-server.fw");
        disks = createDisks(restore, header, text, log);
        config = { ...withoutDropped(parseGuestConfig(text, "qemu")), ...restore.given };
        for (const disk of disks) config[disk.key] = withVolume(String(config[disk.key] ?? ""), disk.volume);
        progress.begin(disks.reduce((sum, disk) => sum + Math.ceil(disk.sizeBytes / clusterBytes) * clusterBytes, 0));
      },
      (cluster) => {
        writeCluster(disks, cluster);
        progress.add(cluster);
      },
    );
    progress.finish();
  } catch (error) {
    close();
    for (const disk of disks) rmSync(disk.path, { force: true });
    for (const disk of disks) log(`temporary volume '${disk.volume}' successfully removed`);
    log("error before or during data restore, some or all disks were not completely restored.");
    throw new Error(`VM ${vmid} state is NOT cleaned up. ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    for (const disk of disks) closeSync(disk.file);
  }
  log("rescan volumes...");
  saveGuest(restore.directory, {
    ...{ vmid, type: "qemu", node: restore.node, usedBytes: progress.storedBytes() },
    config: restore.isUnique ? madeUnique(config) : config,
    ...(firewall === undefined ? {} : { firewall }),
  });
  setGuestStatus(restore.directory, vmid, "stopped");
}

const clusterBytes = 65_536;

function blobText(header: VmaHeader, name: string): string | undefined {
  return header.blobs.find((blob) => blob.name === name)?.content.toString("utf8");
}

function printHeader(header: VmaHeader, log: (line: string) => void): void {
  for (const blob of header.blobs) log(`CFG: size: ${blob.content.length} name: ${blob.name}`);
  for (const { id, sizeBytes, name } of header.devices) log(`DEV: dev_id=${id} size: ${sizeBytes} devname: ${name}`);
  log(
    `CTIME: ${header.createdAt.toString().replace(/^(\w+ \w+) 0?(\d+) (\d+) ([\d:]+).*$/, (_, day, date, year, time) => `${day} ${date.padStart(2)} ${time} ${year}`)}`,
  );
}

/** `#qmdump#map:scsi0:drive-scsi0:local-zfs:raw:` says which drive a device was and where its disk lay. */
function createDisks(restore: VmRestore, header: VmaHeader, config: string, log: (line: string) => void): Disk[] {
  const maps = [...config.matchAll(/^#qmdump#map:(\S+):(\S+):(\S*):(\S*):$/gm)];
  return header.devices.map((device, index) => {
    const [, key = "", , origin = ""] = maps.find((map) => map[2] === device.name) ?? [];
    if (key === "") throw new Error(`found no device mapping information for device '${device.name}'`);
    const wanted = restore.storage ?? origin;
    const storage =
      restore.estate.storages.find((candidate) => candidate.storage === wanted) ?? restore.estate.storages[0];
    const name = `vm-${restore.vmid}-disk-${index}`;
    const volume = storage?.path ? `${storage.storage}:${restore.vmid}/${name}.raw` : `${storage?.storage}:${name}`;
    const path = volumePath(restore.directory, restore.node, restore.estate, volume);
    if (!path) throw new Error(`storage '${wanted}' does not exist`);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, "w");
    ftruncateSync(file, device.sizeBytes);
    log(`new volume ID is '${volume}'`);
    log(`map '${device.name}' to '${path}' (write zeros = 0)`);
    return { key, deviceId: device.id, file, path, volume, sizeBytes: device.sizeBytes };
  });
}

function writeCluster(disks: readonly Disk[], { deviceId, blocks }: VmaCluster): void {
  const disk = disks.find((candidate) => candidate.deviceId === deviceId);
  if (!disk) throw new Error(`got wrong dev id ${deviceId}`);
  for (const { offsetBytes, bytes } of blocks) {
    const length = Math.min(bytes.length, disk.sizeBytes - offsetBytes);
    if (length <= 0) throw new Error("got wrong block address - write beyond end");
    writeSync(disk.file, bytes, 0, length, offsetBytes);
  }
}

function createProgress(log: (line: string) => void) {
  const startedAt = Date.now();
  let [totalBytes, readBytes, storedBytes, shown] = [0, 0, 0, 0];
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  return {
    begin: (bytes: number) => {
      totalBytes = bytes;
    },
    add({ blocks }: VmaCluster): void {
      readBytes += clusterBytes;
      storedBytes += blocks.reduce((sum, block) => sum + block.bytes.length, 0);
      const percent = Math.floor((readBytes * 100) / totalBytes);
      for (; shown < percent; ) log(`progress ${++shown}% (read ${readBytes} bytes, duration ${seconds()} sec)`);
    },
    finish(): void {
      if (readBytes < totalBytes) throw new Error("vma extract failed: detected missing clusters");
      if (totalBytes === 0) return;
      const sparse = readBytes - storedBytes;
      log(`total bytes read ${readBytes}, sparse bytes ${sparse} (${((sparse * 100) / readBytes).toFixed(1)}%)`);
      log("space reduction due to 4K zero blocks 0.00%");
    },
    storedBytes: () => storedBytes,
  };
}
