import { hash } from "node:crypto";
import { unreadable } from "./unreadable";

// Layout and texts: pve-qemu, vma_spec.txt and vma-reader.c. Big endian, but for the lengths of blobs.
export const vmaHeaderBytes = 12288;
export const extentHeaderBytes = 512;
export const blockBytes = 4096;
export const clusterBytes = 65536;
const slotsPerExtent = 59;
const maxConfigs = 256;
const maxDevices = 256;
// 256 configurations and 255 device names of 64 KiB each would need 34 MB; a real header has 13 KB.
const maxHeaderBytes = 64 * 1024 * 1024;
// Cluster numbers have 32 bits.
const maxDeviceBytes = 2 ** 32 * clusterBytes;

export type VmaConfig = { name: string; text: string };
export type VmaDevice = { id: number; name: string; sizeBytes: number };
export type VmaHeader = {
  uuid: string;
  createdAtSeconds: number;
  headerBytes: number;
  configs: VmaConfig[];
  devices: VmaDevice[];
};

/** One cluster of an extent; bit n of `mask` says whether its nth 4 KiB block is stored (else it is zero). */
export type VmaSlot = { deviceId: number; cluster: number; mask: number };
export type VmaExtent = { offset: number; blockCount: number; slots: VmaSlot[] };

/** The RAM state of a VM: its clusters are only ever in order, and its size is not kept. */
export const isVmState = (device: VmaDevice) => device.name === "vmstate";

function hasItsMd5(bytes: Buffer, position: number): boolean {
  const unsigned = Buffer.from(bytes);
  unsigned.fill(0, position, position + 16);
  return hash("md5", unsigned, "buffer").equals(bytes.subarray(position, position + 16));
}

/** The whole header's size in bytes, from its first 12288. Throws archive_unreadable. */
export function vmaHeaderSize(start: Buffer): number {
  if (start.readUInt32BE(0) !== 0x564d4100) throw unreadable("not a vma file - wrong magic number");
  const sizeBytes = start.readUInt32BE(56);
  if (sizeBytes <= vmaHeaderBytes || sizeBytes > maxHeaderBytes) {
    throw unreadable(`wrong vma header size ${sizeBytes}`);
  }
  return sizeBytes;
}

function readBlobs(header: Buffer): Map<number, Buffer> {
  const blobOffset = header.readUInt32BE(48);
  const blobSize = header.readUInt32BE(52);
  const end = blobOffset + blobSize;
  if (blobOffset + 1 <= vmaHeaderBytes) throw unreadable(`wrong vma blob buffer offset ${blobOffset}`);
  if (end > header.length) throw unreadable(`wrong vma blob buffer size ${blobOffset}/${blobSize}`);
  const blobs = new Map<number, Buffer>();
  for (let at = blobOffset + 1; at + 2 <= end; ) {
    const length = header.readUInt16LE(at);
    if (at + 2 + length <= end) blobs.set(at - blobOffset, header.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return blobs;
}

/** A name is a blob that ends in NUL; any other is none. */
function nameAt(blobs: Map<number, Buffer>, pointer: number): string | undefined {
  const blob = blobs.get(pointer);
  return blob?.at(-1) === 0 ? blob.toString("utf8", 0, blob.indexOf(0)) : undefined;
}

function readDevices(header: Buffer, blobs: Map<number, Buffer>): VmaDevice[] {
  const devices: VmaDevice[] = [];
  for (let id = 1; id < maxDevices; id += 1) {
    const at = 4096 + id * 32;
    const size = header.readBigUInt64BE(at + 8);
    const name = nameAt(blobs, header.readUInt32BE(at));
    if (size === 0n || name === undefined) continue;
    if (size > BigInt(maxDeviceBytes)) throw unreadable(`wrong vma device size ${size}`);
    devices.push({ id, name, sizeBytes: Number(size) });
  }
  return devices;
}

function readConfigs(header: Buffer, blobs: Map<number, Buffer>): VmaConfig[] {
  const configs: VmaConfig[] = [];
  for (let slot = 0; slot < maxConfigs; slot += 1) {
    const namePointer = header.readUInt32BE(2044 + slot * 4);
    const dataPointer = header.readUInt32BE(3068 + slot * 4);
    if (!namePointer || !dataPointer) continue;
    const name = nameAt(blobs, namePointer);
    const data = blobs.get(dataPointer);
    if (name === undefined || !data) throw unreadable("vma contains invalid data pointers");
    configs.push({ name, text: data.toString("utf8") });
  }
  return configs;
}

/** Reads a whole header. Throws archive_unreadable with the upstream reader's texts, its spelling included. */
export function parseVmaHeader(header: Buffer): VmaHeader {
  if (!hasItsMd5(header, 32)) throw unreadable("wrong vma header chechsum");
  const version = header.readUInt32BE(4);
  if (version !== 1) throw unreadable(`wrong vma version ${version}`);
  const blobs = readBlobs(header);
  return {
    uuid: header.toString("hex", 8, 24),
    createdAtSeconds: Number(header.readBigInt64BE(24)),
    headerBytes: header.length,
    devices: readDevices(header, blobs),
    configs: readConfigs(header, blobs),
  };
}

/** Reads an extent's 512 header bytes; slots without a device are left out. Throws archive_unreadable. */
export function parseVmaExtent(bytes: Buffer, uuid: string, offset: number): VmaExtent {
  if (!hasItsMd5(bytes, 24)) throw unreadable("wrong vma extent header chechsum", offset);
  if (bytes.toString("hex", 8, 24) !== uuid) throw unreadable("wrong vma extent uuid", offset);
  if (bytes.readUInt32BE(0) !== 0x564d4145 || bytes.readUInt16BE(4) !== 0) {
    throw unreadable("wrong vma extent header magic", offset);
  }
  const slots: VmaSlot[] = [];
  for (let slot = 0; slot < slotsPerExtent; slot += 1) {
    const at = 40 + slot * 8;
    const deviceId = bytes.readUInt8(at + 3);
    if (deviceId) slots.push({ deviceId, cluster: bytes.readUInt32BE(at + 4), mask: bytes.readUInt16BE(at) });
  }
  return { offset, blockCount: bytes.readUInt16BE(6), slots };
}
