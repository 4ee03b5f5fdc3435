import { createHash } from "node:crypto";

export type DecodedVma = {
  uuid: string;
  createdAtSeconds: number;
  blobs: Record<string, string>;
  disks: { name: string; image: Buffer }[];
};

const clusterBytes = 65_536;
const blockBytes = 4096;

/** Decodes a whole VMA in memory by vma_spec.txt, checking every rule the real reader checks. For tests only. */
export function decodeVma(bytes: Buffer): DecodedVma {
  if (bytes.toString("latin1", 0, 4) !== "VMA\0" || bytes.readUInt32BE(4) !== 1)
    throw new Error("not a VMA, version 1");
  const headerSize = bytes.readUInt32BE(56);
  checkDigest(bytes.subarray(0, headerSize), 32);
  const uuid = bytes.subarray(8, 24);
  const blob = (offset: number) => {
    const at = bytes.readUInt32BE(48) + offset;
    return bytes.subarray(at + 2, at + 2 + bytes.readUInt16LE(at));
  };
  const text = (offset: number) => blob(offset).toString("utf8").replace(/\0$/, "");

  const blobs: Record<string, string> = {};
  const disks = new Map<number, { name: string; image: Buffer; clusters: Set<number> }>();
  for (let slot = 0; slot < 256; slot++) {
    const nameOffset = bytes.readUInt32BE(2044 + slot * 4);
    if (nameOffset > 0) blobs[text(nameOffset)] = text(bytes.readUInt32BE(3068 + slot * 4));
    const device = 4096 + slot * 32;
    const sizeBytes = Number(bytes.readBigUInt64BE(device + 8));
    if (sizeBytes > 0) {
      disks.set(slot, { name: text(bytes.readUInt32BE(device)), image: Buffer.alloc(sizeBytes), clusters: new Set() });
    }
  }
  for (let at = headerSize; at < bytes.length; ) at = readExtent(bytes, at, uuid, disks);
  for (const { name, image, clusters } of disks.values()) {
    const expected = Math.ceil(image.length / clusterBytes);
    if (clusters.size !== expected) throw new Error(`${name} has ${clusters.size} of ${expected} clusters`);
  }
  return {
    uuid: uuid.toString("hex"),
    createdAtSeconds: Number(bytes.readBigInt64BE(24)),
    blobs,
    disks: [...disks.values()].map(({ name, image }) => ({ name, image })),
  };
}

function readExtent(
  bytes: Buffer,
  start: number,
  uuid: Buffer,
  disks: Map<number, { image: Buffer; clusters: Set<number> }>,
): number {
  const header = bytes.subarray(start, start + 512);
  if (header.length < 512 || header.toString("latin1", 0, 4) !== "VMAE") throw new Error(`no extent at ${start}`);
  if (!header.subarray(8, 24).equals(uuid)) throw new Error("wrong vma extent uuid");
  checkDigest(header, 24);
  let at = start + 512;
  for (let slot = 0; slot < 59; slot++) {
    const info = header.readBigUInt64BE(40 + slot * 8);
    const [mask, deviceId, number] = [Number(info >> 48n), Number((info >> 32n) & 0xffn), Number(info & 0xffffffffn)];
    if (deviceId === 0) continue;
    const disk = disks.get(deviceId);
    if (!disk || disk.clusters.has(number)) throw new Error(`cluster ${number} of device ${deviceId} is not expected`);
    disk.clusters.add(number);
    for (let block = 0; block < 16; block++) {
      if ((mask & (1 << block)) === 0) continue;
      const offset = number * clusterBytes + block * blockBytes;
      if (offset >= disk.image.length) throw new Error("got wrong block address - write beyond end");
      bytes.copy(disk.image, offset, at, at + blockBytes);
      at += blockBytes;
    }
  }
  const stored = start + 512 + header.readUInt16BE(6) * blockBytes;
  if (at !== stored || at > bytes.length) throw new Error(`short vma extent at ${start}`);
  return at;
}

function checkDigest(header: Buffer, at: number): void {
  const blank = Buffer.from(header);
  blank.fill(0, at, at + 16);
  if (
    !createHash("md5")
      .update(blank)
      .digest()
      .equals(header.subarray(at, at + 16))
  )
    throw new Error("wrong checksum");
}
