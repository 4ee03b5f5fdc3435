import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { AppError } from "@/lib/domain/errors";
import { unreadable } from "./unreadable";
import { createFrameScanner } from "./zstd-frame-scanner";

export type Compression = "zstd" | "gzip" | "none";

const outputChunkBytes = 256 * 1024;

/** How an archive is compressed, by its name. Throws not_possible for the kinds Proxmox has and Undercroft does not read. */
export function compressionOf(archiveName: string): Compression {
  if (/\.zst$/.test(archiveName)) return "zstd";
  if (/\.(gz|tgz)$/.test(archiveName)) return "gzip";
  if (/\.(tar|vma)$/.test(archiveName)) return "none";
  const extension = /\.(lzo|bz2)$/.exec(archiveName)?.[1];
  throw new AppError(
    "not_possible",
    extension
      ? `${archiveName} is compressed with ${extension}, which Undercroft does not read (zstd, gzip and uncompressed archives are)`
      : `${archiveName} is no name of an archive`,
  );
}

async function* wholeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const scanner = createFrameScanner();
  for await (const chunk of source) {
    yield* scanner.scan(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  scanner.end();
}

async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: Duplex,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const feeding = pipeline(Readable.from(source), transform, signal ? { signal } : {});
  // Its error also ends the loop below, which reports it; when the reader leaves early there is none to report.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of transform) yield chunk as Buffer;
    await feeding;
  } catch (error) {
    throw signal?.aborted ? signal.reason : translate(error);
  } finally {
    transform.destroy();
  }
}

/** zlib's own errors are what a damaged file looks like; everything else (an abort, a read error) stays what it is. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (error.code === "Z_BUF_ERROR") return unreadable("The file is cut: it ends inside its compressed data");
  if (/^(Z_|ZSTD_)/.test(error.code)) return unreadable(`The compressed data is damaged (${error.message})`);
  return error;
}

/**
 * The uncompressed bytes of an archive, in bounded memory. A cut or damaged file throws archive_unreadable, whatever
 * came before; a zstd file may have many frames and skippable ones. Rejects with the signal's reason when aborted.
 */
export async function* decompressStream(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  switch (compression) {
    case "zstd":
      yield* through(wholeFrames(source), createZstdDecompress({ chunkSize: outputChunkBytes }), signal);
      return;
    case "gzip":
      yield* through(source, createGunzip({ chunkSize: outputChunkBytes }), signal);
      return;
    case "none":
      for await (const chunk of source) {
        signal?.throwIfAborted();
        yield chunk;
      }
      return;
    default:
      compression satisfies never;
  }
}
