import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFileIndex } from "./file-index";
import { fixturePath, readFixture } from "./fixtures/read-fixture";
import { sealArchive } from "./seal-archive";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undercroft-seal-"));
});
afterEach(() => rm(folder, { recursive: true }));

const name = "vzdump-lxc-102-2026_11_23-02_07_42.tar.zst";
const hashOf = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");

async function knownBytes() {
  const file = await readFile(fixturePath(name));
  const raw = readFixture(name);
  return {
    sizeBytes: file.length,
    sha256: hashOf("sha256", file),
    md5: hashOf("md5", file),
    rawSizeBytes: raw.length,
    rawSha256: hashOf("sha256", raw),
  };
}

const indexAt = () => ({ path: join(folder, `${name}.index.zst`), bodyPath: join(folder, "body") });

describe("sealArchive", () => {
  it("reads a stock archive to its end, hashes it and writes its index", async () => {
    const progress: number[][] = [];

    const sealed = await sealArchive({
      path: fixturePath(name),
      kind: "tar",
      index: indexAt(),
      onProgress: (...bytes) => progress.push(bytes),
    });

    const { inspection, index, ...bytes } = sealed;
    const indexBytes = await readFile(indexAt().path);
    expect(bytes).toEqual(await knownBytes());
    expect(inspection.configText).toMatch(/^arch: amd64\nhostname: db01\n/);
    expect(index).toEqual({ sizeBytes: indexBytes.length, sha256: hashOf("sha256", indexBytes) });
    expect(progress).toEqual([
      [1_048_576, 1_171_154],
      [1_171_154, 1_171_154],
    ]);
    const { header } = await readFileIndex(
      (async function* () {
        yield indexBytes;
      })(),
    );
    expect(header).toMatchObject({ archiveName: name, entryCount: inspection.memberCount, kind: "tar" });
    expect(await readdir(folder)).toEqual([`${name}.index.zst`]);
  });

  it("accepts the archive that was expected, and says what differs in any other", async () => {
    const expected = await knownBytes();
    const seal = (change: Partial<typeof expected>) =>
      sealArchive({ path: fixturePath(name), kind: "tar", expected: { ...expected, ...change } });

    expect((await seal({})).index).toBeNull();
    await expect(seal({ rawSha256: "0".repeat(64) })).rejects.toMatchObject({
      code: "copy_corrupt",
      message: expect.stringContaining("its uncompressed SHA-256 is"),
    });
    await expect(seal({ md5: "0".repeat(32) })).rejects.toThrow("its MD5 is");
    await expect(seal({ sizeBytes: 1 })).rejects.toThrow("its size is 1171154, not 1");
  });

  it("refuses a cut or changed file and leaves no index", async () => {
    const file = await readFile(fixturePath(name));
    const path = join(folder, name);
    const damage = [file.subarray(0, -1), file.subarray(0, 700_000), Buffer.concat([file, Buffer.from("x")])];
    const flipped = Buffer.from(file);
    flipped[600_000] = (flipped[600_000] ?? 0) ^ 1;

    for (const bytes of [...damage, flipped]) {
      await writeFile(path, bytes);
      await expect(sealArchive({ path, kind: "tar", index: indexAt() })).rejects.toMatchObject({
        code: "archive_unreadable",
      });
      expect(await readdir(folder)).toEqual([name]);
    }
  });

  it("does not take a tar for a VMA", async () => {
    const sealing = sealArchive({ path: fixturePath(name), kind: "vma" });

    await expect(sealing).rejects.toThrow("not a vma file");
  });

  it("stops when it is aborted and leaves no index", async () => {
    const path = join(folder, name);
    await copyFile(fixturePath(name), path);
    const abort = new AbortController();
    const reason = new Error("the run was cancelled");

    const sealing = sealArchive({
      path,
      kind: "tar",
      index: indexAt(),
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });

    await expect(sealing).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([name]);
  });
});
