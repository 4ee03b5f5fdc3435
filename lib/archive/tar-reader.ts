import type { AppError } from "@/lib/domain/errors";
import { type PaxRecords, parsePaxRecords } from "./pax-records";
import {
  blockBytes,
  isSparseMapContinued,
  isZeroBlock,
  parseOldSparse,
  parseTarHeader,
  type TarHeader,
} from "./tar-header";
import { type Announcement, buildTarMember, maxNameBytes, type TarMember } from "./tar-member";
import { unreadable } from "./unreadable";

export type TarReaderOptions = {
  /** Called for each member in the archive's order, before its content; true asks for the content. */
  onMember: (member: TarMember) => boolean;
  /** Gets the asked-for content piece by piece; the bytes are valid during the call only. */
  onContent?: (member: TarMember, bytes: Buffer) => void;
};

export type TarReader = {
  /** Throws archive_unreadable at the first byte that fits no tar. */
  write(chunk: Buffer): void;
  /** Whether the archive's end mark was read: more may come, but zeros only. */
  isWhole(): boolean;
  /** Throws archive_unreadable when the stream ended before the archive did. */
  end(): void;
};

// Extended attributes may have 64 KiB each and there may be many; 16 MiB is more than any file system has given.
const maxPaxBytes = 16 * 1024 * 1024;

type Extension = "x" | "g" | "L" | "K";
const extensionsByFlag: Record<string, Extension> = { x: "x", X: "x", g: "g", L: "L", K: "K" };

/** An old GNU sparse member whose map goes on in the next block. */
type OpenSparse = { header: TarHeader; realSizeBytes: number };

const withoutNul = (bytes: Buffer) => {
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end));
};

/**
 * Reads the members of a tar stream fed to it piece by piece: ustar, pax, GNU long names, base-256 numbers, and sparse files
 * in all of GNU tar's forms. Memory is bounded by one member's headers. The end of an archive is two blocks of zeros, after
 * which only zeros may come (GNU tar fills its last 10 KiB record with them).
 */
export function createTarReader({ onMember, onContent }: TarReaderOptions): TarReader {
  const partial = Buffer.alloc(blockBytes);
  let partialBytes = 0;
  let offset = 0;
  let zeroBlocks = 0;
  let globals: PaxRecords = {};
  let pending: Announcement | undefined;
  let collecting: { extension: Extension; bytes: Buffer; filled: number; headerOffset: number } | undefined;
  let sparse: OpenSparse | undefined;
  let contentLeft = 0;
  let paddingLeft = 0;
  let wanted: TarMember | undefined;

  /** What would be wrong if the stream ended here. */
  function faultSoFar(): AppError | undefined {
    if (contentLeft > 0 || paddingLeft > 0) return unreadable("The tar is cut inside a member", offset);
    if (partialBytes > 0) return unreadable("The tar is cut inside a block", offset);
    return zeroBlocks < 2 ? unreadable("The tar is cut: its end mark is missing", offset) : undefined;
  }

  function expectContent(sizeBytes: number): void {
    contentLeft = sizeBytes;
    paddingLeft = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (contentLeft === 0) finishContent();
  }

  function finishContent(): void {
    wanted = undefined;
    if (!collecting) return;
    const { extension, bytes, headerOffset } = collecting;
    collecting = undefined;
    if (extension === "g") {
      globals = { ...globals, ...parsePaxRecords(bytes, headerOffset) };
      return;
    }
    pending ??= { headerOffset, pax: {} };
    if (extension === "x") pending.pax = parsePaxRecords(bytes, headerOffset);
    else if (extension === "L") pending.longName = withoutNul(bytes);
    else pending.longLink = withoutNul(bytes);
  }

  function startExtension(extension: Extension, header: TarHeader, headerOffset: number): void {
    const limit = extension === "x" || extension === "g" ? maxPaxBytes : maxNameBytes;
    if (header.sizeBytes > limit) {
      throw unreadable(`A tar header of ${header.sizeBytes} bytes is larger than any real one`, headerOffset);
    }
    if (extension !== "g") pending ??= { headerOffset, pax: {} };
    collecting = { extension, bytes: Buffer.allocUnsafe(header.sizeBytes), filled: 0, headerOffset };
    expectContent(header.sizeBytes);
  }

  function startMember(header: TarHeader, oldSparseSizeBytes?: number): void {
    const { pax, ...announced } = pending ?? { headerOffset: offset, pax: {} };
    pending = undefined;
    const member = buildTarMember(header, offset, { ...announced, pax: { ...globals, ...pax } }, oldSparseSizeBytes);
    wanted = onMember(member) ? member : undefined;
    expectContent(member.storedBytes);
  }

  function readZeroBlock(): void {
    if (pending) throw unreadable("The tar ends after a header without its member", pending.headerOffset);
    zeroBlocks += 1;
  }

  function readHeader(block: Buffer): void {
    const header = parseTarHeader(block, offset);
    const extension = extensionsByFlag[header.typeFlag];
    if (extension) startExtension(extension, header, offset);
    else if (header.typeFlag === "S") startOldSparse(header, block);
    else startMember(header);
  }

  function startOldSparse(header: TarHeader, block: Buffer): void {
    const { realSizeBytes, isExtended } = parseOldSparse(block, offset);
    if (!isExtended) {
      startMember(header, realSizeBytes);
      return;
    }
    pending ??= { headerOffset: offset, pax: {} };
    sparse = { header, realSizeBytes };
  }

  function readSparseMap(block: Buffer, { header, realSizeBytes }: OpenSparse): void {
    if (isSparseMapContinued(block)) return;
    sparse = undefined;
    startMember(header, realSizeBytes);
  }

  function readBlock(block: Buffer): void {
    if (sparse) readSparseMap(block, sparse);
    else if (isZeroBlock(block)) readZeroBlock();
    else if (zeroBlocks > 0) throw unreadable("Bytes follow the end of the tar", offset);
    else readHeader(block);
  }

  function takeContent(bytes: Buffer): void {
    contentLeft -= bytes.length;
    // Collected bytes are copied: the chunk belongs to the caller, who may fill it anew.
    if (collecting) collecting.filled += bytes.copy(collecting.bytes, collecting.filled);
    else if (wanted) onContent?.(wanted, bytes);
    if (contentLeft === 0) finishContent();
  }

  /** Feeds one whole block, from the chunk itself where it lies in one piece. Returns the bytes taken. */
  function takeBlock(chunk: Buffer, position: number): number {
    const taken = Math.min(blockBytes - partialBytes, chunk.length - position);
    if (taken === blockBytes) {
      readBlock(chunk.subarray(position, position + blockBytes));
      offset += blockBytes;
      return taken;
    }
    chunk.copy(partial, partialBytes, position, position + taken);
    partialBytes += taken;
    if (partialBytes === blockBytes) {
      partialBytes = 0;
      readBlock(partial);
      offset += blockBytes;
    }
    return taken;
  }

  return {
    write(chunk) {
      for (let position = 0; position < chunk.length; ) {
        if (contentLeft > 0) {
          const taken = Math.min(contentLeft, chunk.length - position);
          takeContent(chunk.subarray(position, position + taken));
          offset += taken;
          position += taken;
        } else if (paddingLeft > 0) {
          const taken = Math.min(paddingLeft, chunk.length - position);
          paddingLeft -= taken;
          offset += taken;
          position += taken;
        } else {
          position += takeBlock(chunk, position);
        }
      }
    },
    isWhole: () => faultSoFar() === undefined,
    end() {
      const fault = faultSoFar();
      if (fault) throw fault;
    },
  };
}
