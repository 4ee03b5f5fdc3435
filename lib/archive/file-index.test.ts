import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIndexWriter, readFileIndex } from "./file-index";
import type { IndexEntry, MemberEntry } from "./index-entry";
import { parseSeekTable } from "./seek-table";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undercroft-index-"));
});
afterEach(() => rm(folder, { recursive: true }));

const header = { kind: "tar", archiveName: "a.tar.zst", rawSizeBytes: 10_240, rawSha256: "f".repeat(64) } as const;

const member = (number: number): MemberEntry => ({
  type: "file",
  path: `./folder-${number % 100}/file-${number}`,
  sizeBytes: number,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeMs: 1_700_000_000_000 + number,
  headerOffset: number * 1024,
  dataOffset: number * 1024 + 512,
  storedBytes: number,
});

async function writeIndex(entries: Iterable<IndexEntry>) {
  const writer = await createIndexWriter(join(folder, "body"));
  let added = 0;
  for (const entry of entries) {
    writer.add(entry);
    if (++added % 1000 === 0) await writer.drain();
  }
  const path = join(folder, "a.tar.zst.index.zst");
  return { path, ...(await writer.finish(header, path)) };
}

async function* bytesOf(bytes: Buffer) {
  yield bytes;
}

async function readAll(bytes: Buffer) {
  const index = await readFileIndex(bytesOf(bytes));
  const entries: IndexEntry[] = [];
  for await (const entry of index.entries) entries.push(entry);
  return { header: index.header, entries };
}

const compressed = (...lines: unknown[]) =>
  zstdCompressSync(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));

describe("the file index", () => {
  it("gives back what was written, header first", async () => {
    const entries: IndexEntry[] = [
      { ...member(1), type: "symlink", linkTarget: "../ä\\351", xattrCount: 2, hasAcl: true, isSparse: true },
      { ...member(2), type: "block_device", device: { major: 7, minor: 200 } },
      { type: "vma_config", name: "qemu-server.conf", text: "cores: 2\n" },
      { type: "vma_device", id: 1, name: "drive-scsi0", sizeBytes: 2 ** 45 },
      {
        type: "vma_extent",
        offset: 12_800,
        blockCount: 66,
        clusterCount: 16,
        clusters: [{ deviceId: 1, first: 0, last: 15 }],
      },
    ];

    const { path } = await writeIndex(entries);

    expect(await readAll(await readFile(path))).toEqual({
      header: { format: "undercroft-index/1", ...header, entryCount: 5 },
      entries,
    });
  });

  it("is written with its size, hash and seek table, and leaves nothing beside it", async () => {
    const { path, sizeBytes, sha256 } = await writeIndex(Array.from({ length: 20_000 }, (_, number) => member(number)));

    const bytes = await readFile(path);
    const frames = parseSeekTable(bytes);
    expect(await readdir(folder)).toEqual(["a.tar.zst.index.zst"]);
    expect(sizeBytes).toBe(bytes.length);
    expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(frames.length).toBeGreaterThan(3);
    const read = await readAll(bytes);
    expect(read.entries).toHaveLength(20_000);
    expect(read.entries.at(-1)).toEqual(member(19_999));
  });

  it("is there for an archive without members", async () => {
    const { path } = await writeIndex([]);

    expect((await readAll(await readFile(path))).header.entryCount).toBe(0);
  });

  it("leaves nothing when it is discarded, even twice", async () => {
    const writer = await createIndexWriter(join(folder, "body"));
    writer.add(member(1));

    await writer.discard();
    await writer.discard();

    expect(await readdir(folder)).toEqual([]);
  });

  it("is refused when it is cut, even between two frames, or of a later format", async () => {
    const { path } = await writeIndex(Array.from({ length: 20_000 }, (_, number) => member(number)));
    const bytes = await readFile(path);
    const [first, second] = parseSeekTable(bytes);
    const twoFrames = (first?.storedBytes ?? 0) + (second?.storedBytes ?? 0);
    const whole = { ...header, format: "undercroft-index/1", entryCount: 1 };

    await expect(readAll(bytes.subarray(0, twoFrames))).rejects.toMatchObject({ code: "archive_unreadable" });
    await expect(readAll(bytes.subarray(0, 5000))).rejects.toThrow("cut");
    await expect(readAll(compressed({ ...whole, format: "undercroft-index/2" }))).rejects.toThrow("does not know");
    await expect(readAll(compressed(whole))).rejects.toThrow("0 entries where its header says 1");
    await expect(readAll(compressed(whole, { type: "file" }))).rejects.toThrow("does not know");
    await expect(readAll(zstdCompressSync(Buffer.from("nonsense\n")))).rejects.toThrow("no JSON");
    await expect(readAll(zstdCompressSync(Buffer.alloc(0)))).rejects.toThrow("empty");
  });
});
