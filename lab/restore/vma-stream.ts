import type { Readable } from "node:stream";

export type VmaDevice = { id: number; name: string; sizeBytes: number };

export type VmaHeader = {
  uuid: Buffer;
  createdAt: Date;
  blobs: { name: string; content: Buffer }[];
  devices: VmaDevice[];
};

/** One cluster as it stands in the archive: stored blocks with their place in the disk, zeros left out. */
export type VmaCluster = { deviceId: number; offsetBytes: number; blocks: { offsetBytes: number; bytes: Buffer }[] };

const fixedHeaderBytes = 12_288;
const extentHeaderBytes = 512;
const slotsPerExtent = 59;
const blockBytes = 4096;
const clusterBytes = 65_536;

/** Reads a VMA as it comes: its header, then every cluster. Throws in the words of Proxmox's vma tool. */
export async function readVma(
  input: Readable,
  onHeader: (header: VmaHeader) => void,
  onCluster: (cluster: VmaCluster) => void,
): Promise<void> {
  const source = createSource(input);
  const fixed = await source.take(fixedHeaderBytes);
  if (fixed?.toString("latin1", 0, 4) !== "VMA\0") throw new Error("not a vma file - wrong magic number");
  const rest = await source.take(fixed.readUInt32BE(56) - fixedHeaderBytes);
  if (!rest) throw new Error("got timeout reading VMA header - corrupted?");
  const header = parseHeader(Buffer.concat([fixed, rest]));
  onHeader(header);
  for (;;) {
    const extent = await source.take(extentHeaderBytes, true);
    if (!extent) return;
    await readExtent(source, extent, header, onCluster);
  }
}

function parseHeader(bytes: Buffer): VmaHeader {
  const buffer = bytes.readUInt32BE(48);
  const blobAt = (offset: number) =>
    bytes.subarray(buffer + offset + 2, buffer + offset + 2 + bytes.readUInt16LE(buffer + offset));
  const nameAt = (offset: number) => blobAt(offset).toString("utf8").replace(/\0$/, "");
  const blobs: VmaHeader["blobs"] = [];
  const devices: VmaDevice[] = [];
  for (let slot = 0; slot < 256; slot++) {
    const [name, content] = [bytes.readUInt32BE(2044 + slot * 4), bytes.readUInt32BE(3068 + slot * 4)];
    if (name > 0 && content > 0) blobs.push({ name: nameAt(name), content: Buffer.from(blobAt(content)) });
    const device = 4096 + slot * 32;
    const sizeBytes = Number(bytes.readBigUInt64BE(device + 8));
    if (slot > 0 && sizeBytes > 0) devices.push({ id: slot, name: nameAt(bytes.readUInt32BE(device)), sizeBytes });
  }
  const createdAt = new Date(Number(bytes.readBigInt64BE(24)) * 1000);
  return { uuid: Buffer.from(bytes.subarray(8, 24)), createdAt, blobs, devices };
}

type Source = ReturnType<typeof createSource>;

async function readExtent(
  source: Source,
  extent: Buffer,
  header: VmaHeader,
  onCluster: (cluster: VmaCluster) => void,
): Promise<void> {
  if (extent.toString("latin1", 0, 4) !== "VMAE") throw new Error("wrong vma extent header magic");
  if (!extent.subarray(8, 24).equals(header.uuid)) throw new Error("wrong vma extent uuid");
  for (let slot = 0; slot < slotsPerExtent; slot++) {
    const info = extent.readBigUInt64BE(40 + slot * 8);
    const deviceId = Number((info >> 32n) & 0xffn);
    if (deviceId === 0) continue;
    const offsetBytes = Number(info & 0xffffffffn) * clusterBytes;
    const blocks: VmaCluster["blocks"] = [];
    for (let block = 0; block < 16; block++) {
      if ((info & (1n << BigInt(48 + block))) === 0n) continue;
      const bytes = await source.take(blockBytes);
      if (!bytes) throw new Error("short vma extent");
      blocks.push({ offsetBytes: offsetBytes + block * blockBytes, bytes });
    }
    onCluster({ deviceId, offsetBytes, blocks });
  }
}

/** Exact amounts out of a stream. Undefined at its end; `mayEnd` tells whether that is allowed there. */
function createSource(input: Readable) {
  const iterator = (input as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let heldBytes = 0;
  return {
    async take(wanted: number, mayEnd = false): Promise<Buffer | undefined> {
      while (heldBytes < wanted) {
        const next = await iterator.next();
        if (next.done) {
          if (mayEnd && heldBytes > 0) throw new Error(`read short extent (${heldBytes} bytes)`);
          return undefined;
        }
        held.push(next.value);
        heldBytes += next.value.length;
      }
      const all = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
      held = all.length > wanted ? [all.subarray(wanted)] : [];
      heldBytes = all.length - wanted;
      return all.subarray(0, wanted);
    },
  };
}
