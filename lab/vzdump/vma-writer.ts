import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

export type VmaDisk = { deviceName: string; path: string; sizeBytes: number };
export type VmaBlob = { name: string; content: Buffer };

const blockBytes = 4096;
const clusterBytes = 65_536;
const blocksPerCluster = clusterBytes / blockBytes;
const headerBytes = 12_288;
const extentHeaderBytes = 512;
/** An extent has 59 slots; Proxmox's writer flushes before it fills the last. */
const clustersPerExtent = 58;
/** How many clusters of a disk come before another's turn: QEMU backs its drives up side by side. */
const clustersPerTurn = 16;

export type VmaProgress = { readBytes: number; zeroBytes: number };

/**
 * Writes a VMA, version 1 (pve-qemu, vma_spec.txt), as a stream: the header with the configuration, then extents.
 * Zero blocks are not stored. `onProgress` hears of every extent.
 */
export async function* writeVma(
  uuid: Buffer,
  createdAt: Date,
  blobs: readonly VmaBlob[],
  disks: readonly VmaDisk[],
  onProgress: (progress: VmaProgress) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  yield vmaHeader(uuid, createdAt, blobs, disks);
  if (disks.length === 0) {
    yield extentHeader(uuid, [], 0);
    return;
  }
  const progress = { readBytes: 0, zeroBytes: 0 };
  let slots: bigint[] = [];
  let blocks: Buffer[] = [];
  let storedBlocks = 0;
  for (const cluster of clustersOf(disks)) {
    progress.readBytes += cluster.sizeBytes;
    progress.zeroBytes += cluster.sizeBytes - Math.min(cluster.sizeBytes, cluster.blocks.length * blockBytes);
    slots.push((BigInt(cluster.mask) << 48n) | (BigInt(cluster.deviceId) << 32n) | BigInt(cluster.number));
    blocks.push(...cluster.blocks);
    storedBlocks += cluster.blocks.length;
    if (slots.length < clustersPerExtent) continue;
    yield Buffer.concat([extentHeader(uuid, slots, storedBlocks), ...blocks]);
    onProgress({ ...progress });
    [slots, blocks, storedBlocks] = [[], [], 0];
  }
  if (slots.length > 0) yield Buffer.concat([extentHeader(uuid, slots, storedBlocks), ...blocks]);
  onProgress({ ...progress });
}

function vmaHeader(uuid: Buffer, createdAt: Date, blobs: readonly VmaBlob[], disks: readonly VmaDisk[]): Buffer {
  const fixed = Buffer.alloc(headerBytes);
  fixed.write("VMA\0", 0, "latin1");
  fixed.writeUInt32BE(1, 4);
  uuid.copy(fixed, 8);
  fixed.writeBigInt64BE(BigInt(Math.floor(createdAt.getTime() / 1000)), 24);

  // Offset 0 means "none", so the buffer begins with a byte that no blob uses.
  const buffer: Buffer[] = [Buffer.alloc(1)];
  let used = 1;
  const addBlob = (content: Buffer): number => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(content.length);
    buffer.push(length, content);
    const offset = used;
    used += 2 + content.length;
    return offset;
  };
  const addName = (name: string) => addBlob(Buffer.from(`${name}\0`, "utf8"));
  for (const [index, blob] of blobs.entries()) {
    fixed.writeUInt32BE(addName(blob.name), 2044 + index * 4);
    fixed.writeUInt32BE(addBlob(blob.content), 3068 + index * 4);
  }
  for (const [index, disk] of disks.entries()) {
    const at = 4096 + (index + 1) * 32;
    fixed.writeUInt32BE(addName(disk.deviceName), at);
    fixed.writeBigUInt64BE(BigInt(disk.sizeBytes), at + 8);
  }
  const headerSize = headerBytes + Math.ceil(used / 512) * 512;
  fixed.writeUInt32BE(headerBytes, 48);
  fixed.writeUInt32BE(used, 52);
  fixed.writeUInt32BE(headerSize, 56);
  const header = Buffer.concat([fixed, ...buffer, Buffer.alloc(headerSize - headerBytes - used)]);
  createHash("md5").update(header).digest().copy(header, 32);
  return header;
}

function extentHeader(uuid: Buffer, slots: readonly bigint[], storedBlocks: number): Buffer {
  const header = Buffer.alloc(extentHeaderBytes);
  header.write("VMAE", 0, "latin1");
  header.writeUInt16BE(storedBlocks, 6);
  uuid.copy(header, 8);
  for (const [index, slot] of slots.entries()) header.writeBigUInt64BE(slot, 40 + index * 8);
  createHash("md5").update(header).digest().copy(header, 24);
  return header;
}

type Cluster = { deviceId: number; number: number; sizeBytes: number; mask: number; blocks: Buffer[] };

function* clustersOf(disks: readonly VmaDisk[]): Generator<Cluster> {
  const open = disks.map((disk, index) => ({ disk, deviceId: index + 1, file: openSync(disk.path, "r"), next: 0 }));
  try {
    let isDone = false;
    while (!isDone) {
      isDone = true;
      for (const device of open) {
        const clusterCount = Math.ceil(device.disk.sizeBytes / clusterBytes);
        const last = Math.min(device.next + clustersPerTurn, clusterCount);
        for (; device.next < last; device.next++)
          yield readCluster(device.file, device.disk, device.deviceId, device.next);
        if (device.next < clusterCount) isDone = false;
      }
    }
  } finally {
    for (const { file } of open) closeSync(file);
  }
}

const zeroBlock = Buffer.alloc(blockBytes);

function readCluster(file: number, disk: VmaDisk, deviceId: number, number: number): Cluster {
  const cluster = Buffer.alloc(clusterBytes);
  const sizeBytes = Math.min(clusterBytes, disk.sizeBytes - number * clusterBytes);
  readSync(file, cluster, 0, sizeBytes, number * clusterBytes);
  const blocks: Buffer[] = [];
  let mask = 0;
  for (let block = 0; block < blocksPerCluster; block++) {
    const bytes = cluster.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (bytes.equals(zeroBlock)) continue;
    mask |= 1 << block;
    blocks.push(bytes);
  }
  return { deviceId, number, sizeBytes, mask, blocks };
}
