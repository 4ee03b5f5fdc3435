import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { AppError } from "@/lib/domain/errors";
import { compressionOf, decompressStream } from "./decompress-stream";
import { createIndexWriter, type IndexWriter } from "./file-index";
import type { ArchiveKind } from "./index-entry";
import { type Inspection, inspectStream } from "./inspect-archive";

/** What is known of an archive's bytes from when it was written. */
export type ExpectedBytes = {
  sizeBytes: number;
  sha256: string;
  md5: string;
  rawSizeBytes: number;
  rawSha256: string;
};

export type SealRequest = {
  /** The archive; how it is compressed follows from its name. */
  path: string;
  kind: ArchiveKind;
  /** From the dump that wrote it; without it (a stock or imported archive) the read itself says what the bytes are. */
  expected?: ExpectedBytes;
  /** Where to write the file index, for archives that have none. `bodyPath` holds its entries meanwhile. */
  index?: { path: string; bodyPath: string };
  signal?: AbortSignal;
  /** Bytes of the file read so far, of `totalBytes`; called for every piece of 1 MiB. */
  onProgress?: (readBytes: number, totalBytes: number) => void;
};

export type SealedArchive = ExpectedBytes & {
  inspection: Inspection;
  index: { sizeBytes: number; sha256: string } | null;
};

const readBytes = 1024 * 1024;

async function* readHashed(request: SealRequest, hashes: readonly Hash[], total: { sizeBytes: number }) {
  const file = await open(request.path, "r");
  try {
    const { size } = await file.stat();
    const options = {
      highWaterMark: readBytes,
      autoClose: false,
      ...(request.signal ? { signal: request.signal } : {}),
    };
    for await (const chunk of file.createReadStream(options)) {
      const bytes = chunk as Buffer;
      for (const hash of hashes) hash.update(bytes);
      total.sizeBytes += bytes.length;
      request.onProgress?.(total.sizeBytes, size);
      yield bytes;
    }
  } finally {
    await file.close();
  }
}

function assertSame(name: string, expected: ExpectedBytes, found: ExpectedBytes): void {
  const words = {
    sizeBytes: "size",
    sha256: "SHA-256",
    md5: "MD5",
    rawSizeBytes: "uncompressed size",
    rawSha256: "uncompressed SHA-256",
  } as const satisfies Record<keyof ExpectedBytes, string>;
  const wrong = (Object.keys(words) as (keyof ExpectedBytes)[]).find((key) => expected[key] !== found[key]);
  if (!wrong) return;
  throw new AppError(
    "copy_corrupt",
    `${name} read back from disk is not what was written: its ${words[wrong]} is ${found[wrong]}, not ${expected[wrong]}`,
  );
}

/**
 * Reads a finished archive back from disk, decompresses it to its end and reads its structure: proof P3. Throws
 * archive_unreadable when it is damaged or cut, copy_corrupt when it is not the archive that was expected, and the
 * signal's reason when aborted. Whatever is thrown, no index is left behind.
 */
export async function sealArchive(request: SealRequest): Promise<SealedArchive> {
  const name = basename(request.path);
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  const total = { sizeBytes: 0 };
  const compression = compressionOf(name);
  const index = request.index ? await createIndexWriter(request.index.bodyPath) : undefined;
  try {
    const raw = decompressStream(readHashed(request, [sha256, md5], total), compression, request.signal);
    const inspection = await inspectStream(raw, request.kind, index);
    const found = {
      sizeBytes: total.sizeBytes,
      sha256: sha256.digest("hex"),
      md5: md5.digest("hex"),
      rawSizeBytes: inspection.rawSizeBytes,
      rawSha256: inspection.rawSha256,
    };
    if (request.expected) assertSame(name, request.expected, found);
    return { ...found, inspection, index: await finishIndex(request, index, name, inspection) };
  } catch (error) {
    await index?.discard();
    throw request.signal?.aborted ? request.signal.reason : error;
  }
}

async function finishIndex(
  request: SealRequest,
  index: IndexWriter | undefined,
  archiveName: string,
  { kind, rawSizeBytes, rawSha256 }: Inspection,
): Promise<SealedArchive["index"]> {
  if (!index || !request.index) return null;
  return index.finish({ kind, archiveName, rawSizeBytes, rawSha256 }, request.index.path);
}
