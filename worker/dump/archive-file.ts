import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createFrameWriter } from "@/lib/archive/zstd-frames";

export type ArchiveFile = {
  write: (chunk: Uint8Array) => Promise<void>;
  /** Completes the file and syncs it to disk. */
  finish: () => Promise<{ sizeBytes: number; sha256: string; md5: string }>;
  /** Closes and removes it, whatever state it is in. */
  discard: () => Promise<void>;
  writtenBytes: () => number;
};

/** Mode of the archives vzdump writes: those of the process umask, 022 on a stock node. */
const archiveMode = 0o644;

/** Opens the .part file that an archive grows in, compressed into frames and hashed on the way. Fails if it is there. */
export async function createArchiveFile(
  path: string,
  { level, threads }: { level: number; threads: number },
): Promise<ArchiveFile> {
  const file = await open(path, "wx", archiveMode);
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  let sizeBytes = 0;
  const frames = createFrameWriter({
    level,
    threads,
    sink: async (bytes) => {
      sha256.update(bytes);
      md5.update(bytes);
      await file.writeFile(bytes);
      sizeBytes += bytes.length;
    },
  });
  return {
    write: frames.write,
    async finish() {
      await frames.end();
      await file.sync();
      await file.close();
      return { sizeBytes, sha256: sha256.digest("hex"), md5: md5.digest("hex") };
    },
    async discard() {
      await frames.abort();
      await file.close();
      await rm(path, { force: true });
    },
    writtenBytes: () => sizeBytes,
  };
}

/** Makes what was renamed or created in a directory survive a power failure. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file: FileHandle = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a small file so that it is there whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.part`, "w", archiveMode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}

/**
 * Gives a finished file its final name, which it must not take from another file. From another file system it is copied
 * to a .part beside its goal first, so that the name appears with all its bytes.
 */
export async function publishFile(partPath: string, path: string): Promise<void> {
  try {
    await rename(partPath, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    const copyPath = `${path}.part`;
    try {
      await copyFile(partPath, copyPath, constants.COPYFILE_EXCL);
      await syncFile(copyPath);
      await rename(copyPath, path);
    } catch (copyError) {
      await rm(copyPath, { force: true });
      throw copyError;
    }
    await rm(partPath, { force: true });
  }
  await syncDirectory(dirname(path));
}
