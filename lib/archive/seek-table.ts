import { unreadable } from "./unreadable";

/** One zstd frame: its bytes in the file, and the bytes it decompresses to. */
export type FrameSizes = { storedBytes: number; rawBytes: number };

// The zstd seekable format, version 0.1.0 (facebook/zstd contrib/seekable_format): one skippable frame at the end of the file.
const skippableMagic = 0x184d2a5e;
const footerMagic = 0x8f92eab1;
const footerBytes = 9;
const skippableHeaderBytes = 8;
const maxFrames = 0x8000000;

/** The seek table to append behind the frames. */
export function encodeSeekTable(frames: readonly FrameSizes[]): Buffer {
  if (frames.length > maxFrames) throw unreadable(`A seek table cannot hold ${frames.length} frames`);
  const table = Buffer.alloc(skippableHeaderBytes + frames.length * 8 + footerBytes);
  table.writeUInt32LE(skippableMagic, 0);
  table.writeUInt32LE(table.length - skippableHeaderBytes, 4);
  let position = skippableHeaderBytes;
  for (const frame of frames) {
    table.writeUInt32LE(frame.storedBytes, position);
    table.writeUInt32LE(frame.rawBytes, position + 4);
    position += 8;
  }
  table.writeUInt32LE(frames.length, position);
  table.writeUInt32LE(footerMagic, position + 5);
  return table;
}

/**
 * The size in bytes of the seek table a file ends with, from its last bytes (9 are enough), so that one more read can
 * fetch it; undefined when the file ends with none.
 */
export function seekTableSizeBytes(tail: Buffer): number | undefined {
  if (tail.length < footerBytes || tail.readUInt32LE(tail.length - 4) !== footerMagic) return undefined;
  const descriptor = tail.readUInt8(tail.length - 5);
  const frameCount = tail.readUInt32LE(tail.length - footerBytes);
  if (frameCount > maxFrames || (descriptor & 0x7c) !== 0) throw unreadable("The seek table's footer is damaged");
  return skippableHeaderBytes + frameCount * (descriptor & 0x80 ? 12 : 8) + footerBytes;
}

/** The frames of a seek table, which is the last `seekTableSizeBytes` bytes of `tail`. The optional checksums are left out. */
export function parseSeekTable(tail: Buffer): FrameSizes[] {
  const sizeBytes = seekTableSizeBytes(tail);
  if (sizeBytes === undefined || sizeBytes > tail.length) throw unreadable("The seek table is cut or missing");
  const table = tail.subarray(tail.length - sizeBytes);
  if (table.readUInt32LE(0) !== skippableMagic || table.readUInt32LE(4) !== sizeBytes - skippableHeaderBytes) {
    throw unreadable("The seek table's header is damaged");
  }
  const entryBytes = table.readUInt8(sizeBytes - 5) & 0x80 ? 12 : 8;
  const frames: FrameSizes[] = [];
  for (let at = skippableHeaderBytes; at < sizeBytes - footerBytes; at += entryBytes) {
    frames.push({ storedBytes: table.readUInt32LE(at), rawBytes: table.readUInt32LE(at + 4) });
  }
  return frames;
}
