import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeBeside } from "./beside-archive";
import type { DumpEngine, DumpJob } from "./dump-job";
import type { DumpedArchive } from "./job-folder";
import { shouldSignal } from "./should-signal";
import { type RunningVzdump, startVzdump } from "./start-vzdump";

const lookEveryMs = 500;

function vzdumpArguments({ request }: DumpJob): string[] {
  const { vmid, mode, dumpDirectory, threads, vzdumpArguments: more } = request;
  const target = ["--dumpdir", dumpDirectory, "--prune-backups", "keep-all=1"];
  const compression = ["--compress", "zstd", "--zstd", String(threads)];
  return [String(vmid), ...target, ...compression, "--mode", mode, "--lockwait", "1", ...more];
}

/** vzdump writes "NAME.tar.dat" and renames it to "NAME.tar.zst" when it is whole. */
const unfinishedName = (archiveName: string) => archiveName.replace(/\.[^.]+$/, ".dat");

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** vzdump writes the archive itself; how far it is can be seen by its unfinished file. */
export const dumpAsStock: DumpEngine = async (job) => {
  const { request, progress, signal, watch } = job;
  const vzdump = await startVzdump({
    program: request.vzdumpProgram,
    args: vzdumpArguments(job),
    environment: request.environment,
    onLines: job.onLines,
  });
  progress.update({ vzdump: vzdump.identity }, true);

  let archiveName: string | undefined;
  void watch.archiveName.then((name) => {
    archiveName = name;
    progress.update({ partPath: join(request.dumpDirectory, unfinishedName(name)) }, true);
  });
  const ended = await followFile(job, vzdump, () => archiveName);

  return {
    ...ended,
    failure: undefined,
    received: null,
    publish: async () => {
      if (archiveName === undefined) throw new Error("vzdump was content but named no archive");
      progress.update({ phase: "finishing" }, true);
      await writeBeside(job, archiveName);
      return hashFile(request.dumpDirectory, archiveName);
    },
    discard: async () => {
      if (archiveName !== undefined)
        await rm(join(request.dumpDirectory, unfinishedName(archiveName)), { force: true });
    },
  };

  async function hashFile(directory: string, name: string): Promise<DumpedArchive> {
    const path = join(directory, name);
    const [sha256, md5] = [createHash("sha256"), createHash("md5")];
    let sizeBytes = 0;
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), async (chunks) => {
      for await (const chunk of chunks) {
        sha256.update(chunk);
        md5.update(chunk);
        sizeBytes += chunk.length;
      }
    });
    progress.update({ writtenBytes: sizeBytes, partPath: null });
    const hashes = { sha256: sha256.digest("hex"), md5: md5.digest("hex") };
    return { archiveName: name, sizeBytes, ...hashes, raw: null, index: null, hasSeekTable: false };
  }

  async function followFile(
    { request: { dumpDirectory } }: DumpJob,
    running: RunningVzdump,
    nameSoFar: () => string | undefined,
  ) {
    let grownBytes = 0;
    let signals = 0;
    let signaledMs = 0;
    const look = async () => {
      const name = nameSoFar();
      const sizeBytes = name === undefined ? undefined : await sizeOf(join(dumpDirectory, unfinishedName(name)));
      const isGrowing = sizeBytes !== undefined && sizeBytes > grownBytes;
      if (sizeBytes !== undefined) progress.update({ writtenBytes: sizeBytes });
      grownBytes = sizeBytes ?? grownBytes;
      if (!signal.aborted) return;
      const isWhole = name !== undefined && (await sizeOf(join(dumpDirectory, name))) !== undefined;
      if (!shouldSignal({ isWhole, isGrowing, signals, sinceSignalMs: performance.now() - signaledMs })) return;
      signals += 1;
      signaledMs = performance.now();
      running.terminate();
    };
    let looking: Promise<void> = Promise.resolve();
    const lookNext = () => {
      looking = looking
        .then(look)
        .catch((error: unknown) => job.say(`The archive's file cannot be looked at: ${error}`));
    };
    const timer = setInterval(lookNext, lookEveryMs);
    signal.addEventListener("abort", lookNext, { once: true });
    try {
      return await running.exited;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", lookNext);
      await looking;
    }
  }
};
