import { unreadable } from "./unreadable";

export const blockBytes = 512;

const zero = 0x30;
const seven = 0x37;

/** The fields of one 512-byte tar header, undecoded where they are bytes. Layouts: POSIX ustar, GNU (tar.h), v7. */
export type TarHeader = {
  typeFlag: string;
  name: Buffer;
  linkName: Buffer;
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  mtimeSeconds: number;
  deviceMajor: number;
  deviceMinor: number;
};

function untilNul(block: Buffer, start: number, length: number): Buffer {
  const end = block.subarray(start, start + length).indexOf(0);
  return block.subarray(start, end === -1 ? start + length : start + end);
}

/** GNU's base-256: the first bit set, then a two's complement number, highest byte first. */
function binaryNumber(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  let value = (first & 0x3f) - (first & 0x40 ? 64 : 0);
  for (let at = start + 1; at < start + length; at += 1) {
    value = value * 256 + (block[at] ?? 0);
    if (!Number.isSafeInteger(value)) return undefined;
  }
  return value;
}

/** A number field: octal digits between blanks, base-256, or empty (0). undefined when it is none of these. */
function number(block: Buffer, start: number, length: number): number | undefined {
  if ((block[start] ?? 0) & 0x80) return binaryNumber(block, start, length);
  const end = start + length;
  let at = start;
  while (at < end && block[at] === 0x20) at += 1;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = block[at] ?? 0;
    if (digit === 0 || digit === 0x20) break;
    if (digit < zero || digit > seven) return undefined;
    value = value * 8 + (digit - zero);
  }
  return value;
}

/** Both sums that writers have used: of bytes as unsigned, and (old Sun tars) as signed numbers. */
function hasItsChecksum(block: Buffer): boolean {
  const wanted = number(block, 148, 8);
  let unsigned = 8 * 0x20;
  let negative = 0;
  for (let at = 0; at < blockBytes; at += 1) {
    if (at === 148) at = 156;
    const byte = block[at] ?? 0;
    unsigned += byte;
    if (byte & 0x80) negative += 256;
  }
  return wanted === unsigned || wanted === unsigned - negative;
}

export function isZeroBlock(block: Buffer): boolean {
  for (let at = 0; at < blockBytes; at += 1) if (block[at] !== 0) return false;
  return true;
}

/** Whether the block is in old GNU layout ("ustar  "), where sparse headers are and no name prefix is. */
const isUstar = (block: Buffer) => block.toString("latin1", 257, 263) === "ustar\0";

/** A header block's fields. Throws archive_unreadable when its checksum or its size is wrong. */
export function parseTarHeader(block: Buffer, offset: number): TarHeader {
  if (!hasItsChecksum(block)) throw unreadable("A tar header has the wrong checksum", offset);
  const sizeBytes = number(block, 124, 12);
  if (sizeBytes === undefined || sizeBytes < 0) throw unreadable("A tar header has an impossible size", offset);
  const name = untilNul(block, 0, 100);
  const prefix = isUstar(block) ? untilNul(block, 345, 155) : undefined;
  return {
    typeFlag: String.fromCharCode(block[156] ?? 0),
    // Copied, because the block is a view of a chunk that its owner may use again.
    name: prefix?.length ? Buffer.concat([prefix, Buffer.from("/"), name]) : Buffer.from(name),
    linkName: Buffer.from(untilNul(block, 157, 100)),
    mode: (number(block, 100, 8) ?? 0) & 0o7777,
    uid: number(block, 108, 8) ?? 0,
    gid: number(block, 116, 8) ?? 0,
    sizeBytes,
    mtimeSeconds: number(block, 136, 12) ?? 0,
    deviceMajor: number(block, 329, 8) ?? 0,
    deviceMinor: number(block, 337, 8) ?? 0,
  };
}

/** Old GNU sparse ('S'): the file's real size, and whether blocks with more of the map follow the header. */
export function parseOldSparse(block: Buffer, offset: number): { realSizeBytes: number; isExtended: boolean } {
  const realSizeBytes = number(block, 483, 12);
  if (realSizeBytes === undefined || realSizeBytes < 0) throw unreadable("A sparse header has no size", offset);
  return { realSizeBytes, isExtended: block[482] !== 0 };
}

/** Whether yet another block of an old GNU sparse map follows this one. */
export const isSparseMapContinued = (block: Buffer) => block[504] !== 0;
