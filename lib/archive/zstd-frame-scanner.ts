import { unreadable } from "./unreadable";

// RFC 8878, sections 3.1.1 and 3.1.2.
const frameMagic = 0xfd2fb528;
const maxBlockBytes = 128 * 1024;
const dictionaryIdBytes = [0, 1, 2, 4] as const;
const contentSizeBytes = [0, 2, 4, 8] as const;
const frameMagicBytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

type Part = "magic" | "frameHeader" | "skipSize" | "skipped" | "blockHeader" | "block" | "checksum";

export type FrameScanner = {
  /** The frames' bytes in this chunk, cut where a frame ends; skippable frames are left out. */
  scan(chunk: Buffer): Buffer[];
  /** Throws when the last frame is not whole, or when there was none. */
  end(): void;
};

/**
 * Finds where zstd frames begin and end without decompressing. Node's decompressor (24.21) takes what follows a frame in
 * the same write for trailing garbage and drops it, so it must be fed frame by frame; and a cut is known exactly.
 */
export function createFrameScanner(): FrameScanner {
  const field = Buffer.alloc(16);
  let part: Part = "magic";
  let neededBytes = 4;
  let haveBytes = 0;
  let hasChecksum = false;
  let isLastBlock = false;
  let frameCount = 0;

  function expect(next: Part, bytes: number): void {
    part = next;
    neededBytes = bytes;
    haveBytes = 0;
  }

  function readMagic(): void {
    const magic = field.readUInt32LE(0);
    if (magic === frameMagic) expect("frameHeader", 1);
    else if (magic >>> 4 === 0x184d2a5) expect("skipSize", 4);
    else throw unreadable(frameCount ? "Bytes that are no zstd frame follow the archive" : "The file is not zstd");
  }

  function readFrameHeader(): void {
    const descriptor = field.readUInt8(0);
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const contentSizeFlag = descriptor >>> 6;
    hasChecksum = (descriptor & 0x04) !== 0;
    const contentSize = contentSizeFlag === 0 && isSingleSegment ? 1 : (contentSizeBytes[contentSizeFlag] ?? 0);
    const more = (isSingleSegment ? 0 : 1) + (dictionaryIdBytes[descriptor & 3] ?? 0) + contentSize;
    if (neededBytes === 1 && more > 0) neededBytes = 1 + more;
    else expect("blockHeader", 3);
  }

  function readBlockHeader(): void {
    const header = field.readUIntLE(0, 3);
    const type = (header >>> 1) & 3;
    const sizeBytes = header >>> 3;
    if (type === 3 || sizeBytes > maxBlockBytes) throw unreadable("A zstd block header is damaged");
    isLastBlock = (header & 1) === 1;
    expect("block", type === 1 ? 1 : sizeBytes);
  }

  function finishBlock(): void {
    if (!isLastBlock) expect("blockHeader", 3);
    else if (hasChecksum) expect("checksum", 4);
    else finishFrame();
  }

  function finishFrame(): void {
    frameCount += 1;
    expect("magic", 4);
  }

  const finish: Record<Part, () => void> = {
    magic: readMagic,
    frameHeader: readFrameHeader,
    blockHeader: readBlockHeader,
    block: finishBlock,
    checksum: finishFrame,
    skipSize: () => expect("skipped", field.readUInt32LE(0)),
    skipped: () => expect("magic", 4),
  };
  const isField = () => part !== "block" && part !== "checksum" && part !== "skipped";
  const isInFrame = () => part !== "magic" && part !== "skipSize" && part !== "skipped";

  return {
    scan(chunk) {
      const pieces: Buffer[] = [];
      let from = 0;
      for (let position = 0; ; ) {
        if (haveBytes === neededBytes) {
          const wasInFrame = isInFrame();
          finish[part]();
          if (wasInFrame && !isInFrame()) pieces.push(chunk.subarray(from, position));
          if (!wasInFrame && isInFrame()) {
            // The four bytes may lie in two chunks, so they are given out anew.
            pieces.push(frameMagicBytes);
            from = position;
          }
          continue;
        }
        if (position === chunk.length) break;
        const taken = Math.min(neededBytes - haveBytes, chunk.length - position);
        if (isField()) chunk.copy(field, haveBytes, position, position + taken);
        haveBytes += taken;
        position += taken;
      }
      if (isInFrame()) pieces.push(chunk.subarray(from));
      return pieces.filter((piece) => piece.length > 0);
    },
    end() {
      if (part !== "magic" || haveBytes > 0) throw unreadable("The file is cut: its last zstd frame is not whole");
      if (frameCount === 0) throw unreadable("The file is empty");
    },
  };
}
