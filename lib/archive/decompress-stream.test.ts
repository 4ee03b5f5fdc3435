import { setImmediate } from "node:timers/promises";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/domain/errors";
import { type Compression, compressionOf, decompressStream } from "./decompress-stream";
import { encodeSeekTable } from "./seek-table";
import { createFrameScanner } from "./zstd-frame-scanner";

async function* pieces(bytes: Buffer, pieceBytes: number) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function decompress(bytes: Buffer, compression: Compression, pieceBytes = 64): Promise<string> {
  const out: Uint8Array[] = [];
  for await (const chunk of decompressStream(pieces(bytes, pieceBytes), compression)) out.push(chunk);
  return Buffer.concat(out).toString();
}

const noise = (size: number) => Array.from({ length: size }, (_, at) => ((at * 7919) ^ (at >> 3)) % 251);
const text = Buffer.from(noise(5000)).toString("latin1");
const params = { [constants.ZSTD_c_checksumFlag]: 1 };
const frame = (content: string, pledged = true) => {
  const raw = Buffer.from(content);
  return zstdCompressSync(raw, pledged ? { params, pledgedSrcSize: raw.length } : {});
};
const seekTable = encodeSeekTable([{ storedBytes: 1, rawBytes: 1 }]);

describe("decompressStream", () => {
  it.each([1, 3, 64, 100_000])(
    "joins frames and leaves skippable ones out, in pieces of %d bytes",
    async (pieceBytes) => {
      const file = Buffer.concat([
        seekTable,
        frame("one "),
        frame("", false),
        frame(text, false),
        frame(" end"),
        seekTable,
      ]);

      expect(await decompress(file, "zstd", pieceBytes)).toBe(`one ${text} end`);
    },
  );

  it("reads gzip of several members, and what is not compressed", async () => {
    expect(await decompress(Buffer.concat([gzipSync("one "), gzipSync(text)]), "gzip")).toBe(`one ${text}`);
    expect(await decompress(Buffer.from(text), "none")).toBe(text);
  });

  it("refuses a zstd file cut at any byte but between two frames", async () => {
    const [first, last] = [frame("one "), frame(text, false)];
    const file = Buffer.concat([first, last, seekTable]);
    const scan = (size: number) => {
      const scanner = createFrameScanner();
      scanner.scan(file.subarray(0, size));
      scanner.end();
    };
    const cuts = Array.from({ length: file.length }, (_, size) => size);

    const accepted = cuts.filter((size) => {
      try {
        scan(size);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: "archive_unreadable" });
        return false;
      }
    });

    expect(accepted).toEqual([first.length, first.length + last.length]);
    await expect(decompress(file.subarray(0, first.length + 100), "zstd")).rejects.toThrow("cut");
  });

  it("refuses a gzip file cut at any byte", async () => {
    const file = gzipSync(text);

    for (let size = 0; size < file.length; size += 7) {
      await expect(decompress(file.subarray(0, size), "gzip", 4096)).rejects.toMatchObject({
        code: "archive_unreadable",
      });
    }
  });

  it("refuses what follows the frames and is none, and what never was one", async () => {
    await expect(decompress(Buffer.concat([frame("x"), Buffer.from("trailing")]), "zstd")).rejects.toThrow("follow");
    await expect(decompress(Buffer.from("plain text"), "zstd")).rejects.toThrow("not zstd");
    await expect(decompress(Buffer.from("plain text"), "gzip")).rejects.toMatchObject({ code: "archive_unreadable" });
  });

  it("500 damaged files: an error of its own, or a changed byte that the checksum does not cover", async () => {
    const file = Buffer.concat([frame(text), frame("tail".repeat(100)), seekTable]);
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(damage, async (changes) => {
      const damaged = Buffer.from(file);
      for (const [at, value] of changes) damaged[at] = value;
      try {
        expect(await decompress(damaged, "zstd", 4096)).toBe(text + "tail".repeat(100));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "archive_unreadable" });
      }
    });

    await fc.assert(property, { numRuns: 500, seed: 20_261_123 });
  });

  it("stops with the signal's reason while the source has nothing to give", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const source = (async function* () {
      yield frame(text);
      abort.abort(reason);
      for (;;) {
        await setImmediate();
        yield Buffer.alloc(0);
      }
    })();
    const read = async () => {
      for await (const chunk of decompressStream(source, "zstd", abort.signal)) expect(chunk.length).toBeGreaterThan(0);
    };

    await expect(read()).rejects.toBe(reason);
  });
});

describe("compressionOf", () => {
  it.each([
    ["vzdump-lxc-101-2026_11_23-02_07_42.tar.zst", "zstd"],
    ["vzdump-qemu-100-2026_11_23-02_07_42.vma.gz", "gzip"],
    ["vzdump-lxc-101-2026_11_23-02_07_42.tgz", "gzip"],
    ["vzdump-qemu-100-2026_11_23-02_07_42.vma", "none"],
  ])("knows %s", (name, compression) => {
    expect(compressionOf(name)).toBe(compression);
  });

  it.each(["a.vma.lzo", "a.tar.bz2", "a.zip"])("says that it does not read %s", (name) => {
    expect(() => compressionOf(name)).toThrow(expect.objectContaining({ code: "not_possible" }));
  });
});
