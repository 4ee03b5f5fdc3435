import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decompressStream } from "./decompress-stream";
import { createFrameWriter } from "./zstd-frames";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undercroft-zstd-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** 20 MiB in which some parts compress well and some not at all. */
const raw = Buffer.concat(
  Array.from({ length: 20 }, (_, part) => (part % 2 ? randomBytes(1024 * 1024) : Buffer.alloc(1024 * 1024, `${part}`))),
);

async function writeOurs(): Promise<string> {
  const path = join(folder, "ours.zst");
  const file = await open(path, "w");
  const writer = createFrameWriter({ level: 3, threads: 2, sink: (bytes) => file.writeFile(bytes) });
  for (let at = 0; at < raw.length; at += 65_536) await writer.write(raw.subarray(at, at + 65_536));
  expect(await writer.end()).toHaveLength(3);
  await file.close();
  return path;
}

async function sha256Of(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of source) hash.update(chunk);
  return hash.digest("hex");
}

const rawSha256 = createHash("sha256").update(raw).digest("hex");

describe("with the zstd program", () => {
  it("passes its test and gives the same bytes back", async () => {
    const path = await writeOurs();

    await execa("zstd", ["-q", "-t", path]);
    const { stdout } = await execa("zstd", ["-q", "-dc", path], { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 });

    expect(Buffer.from(stdout).equals(raw)).toBe(true);
  });

  it("reads its own frames back through the same reader as everyone's", async () => {
    expect(await sha256Of(decompressStream(createReadStream(await writeOurs()), "zstd"))).toBe(rawSha256);
  });

  it.each([["-3"], ["-T2"], ["--no-check"], ["-19"]])("reads a file of `zstd %s`", async (option) => {
    const path = join(folder, "raw");
    await writeFile(path, raw);
    await execa("zstd", ["-q", option, path, "-o", `${path}.zst`]);

    expect(await sha256Of(decompressStream(createReadStream(`${path}.zst`), "zstd"))).toBe(rawSha256);
  });

  it("reads a file of `gzip`", async () => {
    const path = join(folder, "raw");
    await writeFile(path, raw);
    await execa("gzip", ["-1", path]);

    expect(await sha256Of(decompressStream(createReadStream(`${path}.gz`), "gzip"))).toBe(rawSha256);
  });
});
