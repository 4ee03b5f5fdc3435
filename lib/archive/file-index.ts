import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { z } from "zod";
import { decompressStream } from "./decompress-stream";
import { type IndexEntry, type IndexHeader, indexEntrySchema, indexHeaderSchema } from "./index-entry";
import { encodeSeekTable } from "./seek-table";
import { unreadable } from "./unreadable";
import { createFrameWriter } from "./zstd-frames";

const compress = promisify(zstdCompress);

const frameSizeBytes = 1024 * 1024;
// The longest real line has two names of 64 KiB, each byte escaped.
const maxLineCharacters = 4 * 1024 * 1024;

export type IndexWriter = {
  add(entry: IndexEntry): void;
  /** To be awaited after each bunch of `add`: keeps memory bounded. */
  drain(): Promise<void>;
  /** Writes the index under its final name, synced to disk, and removes the body file. */
  finish(
    header: Omit<IndexHeader, "format" | "entryCount">,
    path: string,
  ): Promise<{ sizeBytes: number; sha256: string }>;
  /** Removes what was written so far. */
  discard(): Promise<void>;
};

/**
 * Writes an index (NAME.index.zst): JSON lines in independent zstd frames with a seek table. The header comes first in the
 * file but is known last, so entries go to `bodyPath` until `finish` joins both.
 */
export async function createIndexWriter(bodyPath: string): Promise<IndexWriter> {
  const body = await open(bodyPath, "w", 0o600);
  const frames = createFrameWriter({
    level: 3,
    threads: 1,
    frameSizeBytes,
    sink: (bytes) => body.writeFile(bytes),
  });
  let lines: string[] = [];
  let entryCount = 0;

  async function drain(): Promise<void> {
    if (lines.length === 0) return;
    const text = Buffer.from(lines.join(""), "utf8");
    lines = [];
    await frames.write(text);
  }

  async function discard(): Promise<void> {
    await frames.abort();
    await body.close();
    await rm(bodyPath, { force: true });
  }

  async function join(path: string, headerLine: string): Promise<{ sizeBytes: number; sha256: string }> {
    const bodyFrames = await frames.end();
    const raw = Buffer.from(headerLine, "utf8");
    const first = await compress(raw, { pledgedSrcSize: raw.length });
    const table = encodeSeekTable([{ storedBytes: first.length, rawBytes: raw.length }, ...bodyFrames]);
    const bodyBytes = bodyFrames.reduce((sum, frame) => sum + frame.storedBytes, 0);
    const sha256 = createHash("sha256");
    let sizeBytes = 0;
    const file = await open(`${path}.part`, "w", 0o644);
    const append = async (bytes: Buffer) => {
      sha256.update(bytes);
      sizeBytes += bytes.length;
      await file.writeFile(bytes);
    };
    try {
      await append(first);
      // The body ends in a seek table of its own, which the joined file's replaces.
      if (bodyBytes > 0) {
        for await (const chunk of createReadStream(bodyPath, { end: bodyBytes - 1 })) await append(chunk as Buffer);
      }
      await append(table);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    return { sizeBytes, sha256: sha256.digest("hex") };
  }

  return {
    add(entry) {
      lines.push(`${JSON.stringify(entry)}\n`);
      entryCount += 1;
    },
    drain,
    async finish(header, path) {
      try {
        await drain();
        const whole: IndexHeader = { format: "undercroft-index/1", ...header, entryCount };
        return await join(path, `${JSON.stringify(whole)}\n`);
      } catch (error) {
        await rm(`${path}.part`, { force: true });
        throw error;
      } finally {
        await discard();
      }
    },
    discard,
  };
}

async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of decompressStream(source, "zstd")) {
    const lines = (rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineCharacters) throw unreadable("A line of the file index is longer than any real one");
    yield lines;
  }
  if (rest !== "") throw unreadable("The file index ends inside a line");
}

function parseLine<Value>(schema: z.ZodType<Value>, line: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw unreadable(`A line of the file index is no JSON (${error instanceof Error ? error.message : "unknown"})`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable("The file index has a line this version does not know");
  return parsed.data;
}

/**
 * Reads an index from its compressed bytes: the header at once, the entries as they are asked for, in bounded memory.
 * Throws archive_unreadable for a damaged or cut index, one of another format, or one with fewer entries than it says.
 */
export async function readFileIndex(
  source: AsyncIterable<Uint8Array>,
): Promise<{ header: IndexHeader; entries: AsyncGenerator<IndexEntry> }> {
  const batches = linesOf(source);
  const first = await batches.next();
  const [headerLine, ...firstLines] = first.value ?? [];
  if (headerLine === undefined) throw unreadable("The file index is empty");
  const header = parseLine(indexHeaderSchema, headerLine);

  async function* readEntries(): AsyncGenerator<IndexEntry> {
    let count = 0;
    const parse = (line: string) => {
      count += 1;
      return parseLine(indexEntrySchema, line);
    };
    for (const line of firstLines) yield parse(line);
    for await (const lines of batches) for (const line of lines) yield parse(line);
    if (count !== header.entryCount) {
      throw unreadable(`The file index has ${count} entries where its header says ${header.entryCount}`);
    }
  }
  return { header, entries: readEntries() };
}
