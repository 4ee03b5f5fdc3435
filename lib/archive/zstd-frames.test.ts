import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeSeekTable, parseSeekTable, seekTableSizeBytes } from "./seek-table";
import { createFrameWriter } from "./zstd-frames";

const frameSizeBytes = 1000;

async function compress(chunks: readonly Uint8Array[], options: { threads?: number } = {}) {
  const out: Buffer[] = [];
  const writer = createFrameWriter({
    level: 1,
    threads: options.threads ?? 2,
    frameSizeBytes,
    sink: async (bytes) => {
      await setImmediate();
      out.push(bytes);
    },
  });
  for (const chunk of chunks) await writer.write(chunk);
  const frames = await writer.end();
  return { file: Buffer.concat(out), frames };
}

describe("createFrameWriter", () => {
  it("makes frames that each decompress alone to their piece of the stream, in order", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3500 }), { maxLength: 8 });
    const property = fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4 }), async (chunkSizes, threads) => {
      const chunks = chunkSizes.map((size) => randomBytes(size));
      const raw = Buffer.concat(chunks);
      const { file, frames } = await compress(chunks, { threads });
      const pieces: Buffer[] = [];
      let at = 0;
      for (const { storedBytes, rawBytes } of frames) {
        const piece = zstdDecompressSync(file.subarray(at, at + storedBytes));
        expect(piece.length).toBe(rawBytes);
        pieces.push(piece);
        at += storedBytes;
      }
      expect(Buffer.concat(pieces).equals(raw)).toBe(true);
      expect(frames.slice(0, -1).every(({ rawBytes }) => rawBytes === frameSizeBytes)).toBe(true);
      expect(parseSeekTable(file)).toEqual(frames);
    });

    await fc.assert(property, { numRuns: 50, seed: 1 });
  });

  it("copies what it is given, so a caller may fill its buffer anew", async () => {
    const chunk = Buffer.alloc(frameSizeBytes / 2, "a");
    const out: Buffer[] = [];
    const writer = createFrameWriter({ level: 1, threads: 1, frameSizeBytes, sink: (bytes) => void out.push(bytes) });

    await writer.write(chunk);
    chunk.fill("b");
    await writer.write(chunk);
    await writer.end();

    expect(zstdDecompressSync(Buffer.concat(out)).toString()).toBe("a".repeat(500) + "b".repeat(500));
  });

  it("holds no more than a frame per thread and one while the sink is slow", async () => {
    const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
    const writer = createFrameWriter({ level: 1, threads: 2, frameSizeBytes, sink: () => blocked });
    let taken = 0;
    const feeding = (async () => {
      for (let frame = 0; frame < 6; frame += 1) {
        await writer.write(randomBytes(frameSizeBytes));
        taken += 1;
      }
    })();

    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    expect(taken).toBe(3);
    release();
    await feeding;

    expect(await writer.end()).toHaveLength(6);
  });

  it("fails the next write and the end with the sink's error", async () => {
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const writer = createFrameWriter({ level: 1, threads: 1, frameSizeBytes, sink: () => Promise.reject(full) });
    const feed = async () => {
      for (;;) await writer.write(randomBytes(frameSizeBytes));
    };

    await expect(feed()).rejects.toBe(full);
    await expect(writer.end()).rejects.toBe(full);
    await writer.abort();
  });
});

describe("the seek table", () => {
  it("is the skippable frame of the zstd seekable format", () => {
    const table = encodeSeekTable([{ storedBytes: 0x01020304, rawBytes: 8 }]);

    expect(table.toString("hex")).toBe("5e2a4d181100000004030201080000000100000000b1ea928f");
    expect(seekTableSizeBytes(table.subarray(-9))).toBe(table.length);
  });

  it("is read with the checksums that other writers put in", () => {
    const table = Buffer.from("5e2a4d18150000000403020108000000aabbccdd0100000080b1ea928f", "hex");

    expect(parseSeekTable(Buffer.concat([Buffer.from("frames"), table]))).toEqual([
      { storedBytes: 0x01020304, rawBytes: 8 },
    ]);
  });

  it("is undefined for a file without one, and an error where it is cut", () => {
    const table = encodeSeekTable([{ storedBytes: 1, rawBytes: 2 }]);

    expect(seekTableSizeBytes(Buffer.from("no seek table at all"))).toBeUndefined();
    expect(() => parseSeekTable(table.subarray(1))).toThrow("cut or missing");
    expect(() => parseSeekTable(Buffer.concat([Buffer.from("x"), table.subarray(1)]))).toThrow("header is damaged");
  });
});
