import { createHash } from "node:crypto";
import { access, copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createIndexWriter } from "@/lib/archive/file-index";
import { createInspector } from "@/lib/archive/inspect-archive";
import { createFrameWriter } from "@/lib/archive/zstd-frames";
import { archiveStamp, formatHostArchiveName } from "@/lib/domain/archive-name";
import { AppError, ToolError } from "@/lib/domain/errors";
import { indexName } from "@/lib/domain/manifest";
import type { HostConfigOrder, MadeArchive, SaveHostConfig } from "../../ports";
import { findProgram } from "../command/environment";
import { runCommand } from "../command/run-command";
import { streamCommand } from "../command/stream-command";
import { configDatabase, hostLists, hostPaths } from "./host-paths";

type Options = Parameters<SaveHostConfig>[1];

/** /etc lives while it is read: GNU tar then ends with 1, and a second reading is likely to be whole. */
const tries = 3;

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Saves a node's configuration as one archive of frames with an index, readable by plain zstd and tar. */
export const saveHostConfig: SaveHostConfig = async (order, options) => {
  const startedAtMs = performance.now();
  await rm(order.workDirectory, { recursive: true, force: true });
  const tree = join(order.workDirectory, "tree");
  await mkdir(join(tree, "undercroft", "lists"), { recursive: true, mode: 0o700 });
  await mkdir(order.directory, { recursive: true, mode: 0o700 });
  try {
    const warnings = [...(await saveDatabase(order, tree, options)), ...(await saveLists(order, tree, options))];
    const paths = await existingPaths(order.hostRoot);
    if (paths.length === 0) throw new AppError("not_found", `Nothing to save was found below ${order.hostRoot}.`);
    await writeAbout(order, tree, paths);
    const made = await writeArchive(order, tree, paths, options);
    return { ...made, warnings, durationMs: Math.round(performance.now() - startedAtMs) };
  } finally {
    await rm(order.workDirectory, { recursive: true, force: true });
  }
};

/**
 * A consistent copy while pmxcfs writes: SQLite's own backup reads through the write-ahead log, which a copied file
 * would miss. The copy is checked before it is kept.
 */
async function saveDatabase(
  { hostRoot }: HostConfigOrder,
  tree: string,
  { signal, onLine }: Options,
): Promise<string[]> {
  const source = join(hostRoot, configDatabase);
  if (!(await isThere(source))) return [`${configDatabase} is not there; only files were saved.`];
  const cwd = join(tree, "undercroft");
  await runCommand({ file: "sqlite3", args: [source, ".backup config.db"], cwd, signal });
  const { stdout } = await runCommand({ file: "sqlite3", args: ["config.db", "PRAGMA integrity_check"], cwd, signal });
  const verdict = stdout.toString().trim();
  if (verdict !== "ok") throw new AppError("archive_unreadable", `config.db does not pass SQLite's check: ${verdict}`);
  onLine("config.db: consistent copy made, SQLite's integrity check is ok");
  return [];
}

async function saveLists({ hostRoot }: HostConfigOrder, tree: string, { signal, onLine }: Options): Promise<string[]> {
  if (hostRoot !== "/") return [];
  const warnings: string[] = [];
  for (const { name, file, args } of hostLists) {
    if (!findProgram(file)) continue;
    try {
      const { stdout } = await runCommand({ file, args, signal, timeoutMs: 30_000 });
      await writeFile(join(tree, "undercroft", "lists", name), stdout, { mode: 0o600 });
    } catch (error) {
      if (!(error instanceof ToolError) || signal.aborted) throw error;
      warnings.push(`${file} did not answer: ${error.message}`);
      onLine(`${file} did not answer: ${error.message}`);
    }
  }
  return warnings;
}

async function existingPaths(hostRoot: string): Promise<string[]> {
  const found = await Promise.all(hostPaths.map(async (path) => ((await isThere(join(hostRoot, path))) ? [path] : [])));
  return found.flat();
}

async function writeAbout(order: HostConfigOrder, tree: string, paths: readonly string[]): Promise<void> {
  const about = {
    node: order.nodeName,
    takenAt: order.takenAt.toISOString(),
    paths,
    templateCache: await templateCache(order.hostRoot),
  };
  await writeFile(join(tree, "undercroft", "about.json"), `${JSON.stringify(about, null, 2)}\n`, { mode: 0o600 });
}

/** Templates can be fetched again, so they are listed rather than kept. */
async function templateCache(hostRoot: string): Promise<{ name: string; sizeBytes: number }[]> {
  const directory = join(hostRoot, "var/lib/vz/template/cache");
  if (!(await isThere(directory))) return [];
  const names = (await readdir(directory)).toSorted();
  return Promise.all(names.map(async (name) => ({ name, sizeBytes: (await stat(join(directory, name))).size })));
}

async function writeArchive(
  order: HostConfigOrder,
  tree: string,
  paths: readonly string[],
  options: Options,
): Promise<MadeArchive> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await writeOnce(order, tree, paths, options);
    } catch (error) {
      const isChangedMeanwhile = error instanceof ToolError && error.failure.exitCode === 1;
      if (!isChangedMeanwhile || left === 0 || options.signal.aborted) throw error;
      options.onLine("A file changed while it was read; reading all of them again.");
    }
  }
}

async function writeOnce(
  order: HostConfigOrder,
  tree: string,
  paths: readonly string[],
  { signal, onLine }: Options,
): Promise<MadeArchive> {
  const fileName = formatHostArchiveName(order.nodeName, archiveStamp(order.takenAt, order.timeZone));
  const finalPath = join(order.directory, fileName);
  const partPath = `${finalPath}.part`;
  const file = await open(partPath, "w", 0o600);
  const index = await createIndexWriter(join(order.workDirectory, "index.body"));
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  let sizeBytes = 0;
  const frames = createFrameWriter({
    level: order.compressionLevel,
    threads: 2,
    sink: async (bytes) => {
      sha256.update(bytes);
      md5.update(bytes);
      sizeBytes += bytes.length;
      await file.write(bytes);
    },
  });
  try {
    const inspector = createInspector("tar", index.add);
    const args = [
      "--create",
      "--numeric-owner",
      "--xattrs",
      "-C",
      tree,
      "undercroft",
      "-C",
      order.hostRoot,
      "--",
      ...paths,
    ];
    for await (const chunk of streamCommand({ file: "tar", args, signal, onLine })) {
      inspector.write(chunk);
      await frames.write(chunk);
      await index.drain();
    }
    const { rawSizeBytes, rawSha256 } = inspector.end();
    await frames.end();
    await file.sync();
    const hashes = { sha256: sha256.digest("hex"), md5: md5.digest("hex") };
    const indexPath = join(order.workDirectory, "index.zst");
    await index.finish({ kind: "tar", archiveName: fileName, rawSizeBytes, rawSha256 }, indexPath);
    await copyFile(indexPath, join(order.directory, indexName(fileName)));
    await rename(partPath, finalPath);
    return {
      fileName,
      takenAt: new Date(Math.floor(order.takenAt.getTime() / 1000) * 1000),
      mode: "snapshot",
      durationMs: 0,
      sizeBytes,
      ...hashes,
      rawSizeBytes,
      rawSha256,
      hasSeekTable: true,
      configText: "",
      warnings: [],
      guestRestart: "not_needed",
    };
  } catch (error) {
    await frames.abort();
    await index.discard();
    await rm(partPath, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
