import { constants } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import { isPrunableName, parseHostArchiveName } from "@/lib/domain/archive-name";
import { AppError } from "@/lib/domain/errors";
import { indexName, manifestName, notesName } from "@/lib/domain/manifest";
import type { DumpDirectory } from "../../ports";

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";

/** Only what is an archive by its whole name is ever touched, and nothing outside the directory can be named. */
function requireArchiveName(name: string): void {
  const isOurs = isPrunableName(name) || parseHostArchiveName(name, "UTC") !== undefined;
  if (name !== basename(name) || !isOurs) {
    throw new AppError("not_possible", `${name} is not the name of an archive; it is left alone.`);
  }
}

/** The node's dump directory, as files. */
export const dumpDirectory: DumpDirectory = {
  async check(directory) {
    try {
      await mkdir(directory, { recursive: true });
      await access(directory, constants.W_OK);
      const { bavail, blocks, bsize } = await statfs(directory);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (error) {
      throw new AppError("dump_directory_unusable", `The dump directory ${directory} cannot be written to.`, {
        cause: error,
      });
    }
  },

  async writeBeside(directory, fileName, content) {
    const path = join(directory, basename(fileName));
    const file = await open(`${path}.tmp`, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.tmp`, path);
  },

  async list(directory) {
    const names = await readdir(directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const sizes = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(directory, name)).catch(() => undefined);
        return found?.isFile() ? [[name, found.size] as const] : [];
      }),
    );
    return new Map(sizes.flat());
  },

  async removeArchive(directory, archiveName) {
    requireArchiveName(archiveName);
    const baseName = archiveName.replace(/\.(tar|vma)(\.[a-z0-9]+)?$/, "");
    const names = [
      manifestName(archiveName),
      archiveName,
      `${baseName}.log`,
      notesName(archiveName),
      indexName(archiveName),
    ];
    for (const name of names) await rm(join(directory, name), { force: true });
  },
};
