import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createIndexWriter, type IndexWriter } from "@/lib/archive/file-index";
import { createInspector, type Inspection, type Inspector } from "@/lib/archive/inspect-archive";
import { AppError } from "@/lib/domain/errors";
import { indexName } from "@/lib/domain/manifest";
import { type ArchiveFile, createArchiveFile, publishFile } from "./archive-file";
import { removeBeside, writeBeside } from "./beside-archive";
import { asAppError, type DumpEngine, type DumpJob, type EndedDump } from "./dump-job";
import type { DumpedArchive } from "./job-folder";
import { type RunningVzdump, startVzdump } from "./start-vzdump";

/** After that long a vzdump that was asked to stop and still sends has missed the signal; then its reader goes away. */
const stopGraceMs = 5_000;
/** The line with the name comes before the first byte; a vzdump that says nothing at all is not waited for. */
const nameGraceMs = 5_000;

type OpenArchive = { file: ArchiveFile; name: string; partPath: string };
type Reading = { inspection: Inspection } | { reason: string };

function vzdumpArguments({ vmid, mode, vzdumpArguments: more }: DumpJob["request"]): string[] {
  return [String(vmid), "--stdout", "1", "--compress", "0", "--mode", mode, "--lockwait", "1", ...more];
}

async function openArchive(job: DumpJob, vzdump: RunningVzdump): Promise<OpenArchive> {
  const { request, progress } = job;
  const deadline = sleep(nameGraceMs, undefined, { ref: false });
  const name = await Promise.race([job.watch.archiveName, vzdump.exited.then(() => undefined), deadline]);
  if (!name) throw new AppError("tool_failed", "vzdump sent an archive without saying when the backup started.");
  await assertFree(join(request.dumpDirectory, name));
  const partPath = join(request.stagingDirectory ?? request.dumpDirectory, `${name}.part`);
  const file = await createArchiveFile(partPath, request);
  progress.update({ partPath }, true);
  return { file, name, partPath };
}

/** vzdump names archives by the second, in local time: in the hour that comes twice a name can come twice. */
async function assertFree(path: string): Promise<void> {
  const isTaken = await access(path).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new AppError("conflict", `An archive of that name is there already: ${path}`);
}

/**
 * vzdump sends the raw archive through a pipe; it is hashed, listed and compressed as it comes. A failure on our side,
 * and a cancel, ask vzdump to stop, and wait until it has cleaned up and started the guest again.
 */
export const dumpInFrames: DumpEngine = async (job) => {
  const { request, progress, signal } = job;
  const index = await createIndexWriter(join(job.folder, "index.body"));
  const inspector = createInspector(request.type === "lxc" ? "tar" : "vma", index.add);
  let archive: OpenArchive | undefined;
  const discard = async () => {
    await index.discard();
    await archive?.file.discard();
  };

  let vzdump: RunningVzdump;
  try {
    vzdump = await startVzdump({
      program: request.vzdumpProgram,
      args: vzdumpArguments(request),
      environment: request.environment,
      archivePipePath: join(job.folder, "archive.fifo"),
      onLines: job.onLines,
    });
  } catch (error) {
    await discard();
    throw error;
  }
  progress.update({ vzdump: vzdump.identity, rawBytes: 0 }, true);

  let bytes = 0;
  let failure: AppError | undefined;
  let stoppedMs: number | undefined;
  const stop = () => {
    stoppedMs ??= performance.now();
    vzdump.terminate();
  };
  const giveUp = (error: unknown) => {
    failure ??= asAppError(error);
    job.say(`${failure.message} Stopping vzdump.`);
    stop();
  };
  const take = async (piece: Buffer) => {
    bytes += piece.length;
    inspector.write(piece);
    await index.drain();
    archive ??= await openArchive(job, vzdump);
    await archive.file.write(piece);
    progress.update({ rawBytes: bytes, writtenBytes: archive.file.writtenBytes() });
  };

  // Once the archive is whole, vzdump only cleans up and starts the guest again: nobody is to interrupt that. It holds its
  // end of the pipe until it exits, so the archive itself must tell.
  const cancel = () => {
    if (!inspector.isWhole()) stop();
  };

  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const piece of vzdump.readArchive()) {
      if (stoppedMs === undefined) await take(piece).catch(giveUp);
      else if (performance.now() - stoppedMs > stopGraceMs) break;
    }
  } catch (error) {
    giveUp(error);
  }
  signal.removeEventListener("abort", cancel);
  const ended = await vzdump.exited;

  const reading = finishReading(inspector);
  return {
    ...ended,
    failure,
    received: { bytes, isWhole: "inspection" in reading, reason: "reason" in reading ? reading.reason : "" },
    publish: () => publishArchive(job, archive, reading, index),
    discard,
  } satisfies EndedDump;
};

function finishReading(inspector: Inspector): Reading {
  try {
    return { inspection: inspector.end() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { reason: error.message };
  }
}

/** The archive gets its name last: what lies beside it, its protection above all, is there before it can be seen. */
async function publishArchive(
  job: DumpJob,
  archive: OpenArchive | undefined,
  reading: Reading,
  index: IndexWriter,
): Promise<DumpedArchive> {
  if (!archive || !("inspection" in reading))
    throw new Error("an archive that was not read to its end is not published");
  const { inspection } = reading;
  const { dumpDirectory } = job.request;
  const { name: archiveName, partPath } = archive;
  const indexPath = join(dumpDirectory, indexName(archiveName));
  const file = await archive.file.finish();
  job.progress.update({ phase: "finishing", writtenBytes: file.sizeBytes }, true);
  try {
    const { kind, rawSizeBytes, rawSha256, memberCount, configText, firewallText, devices } = inspection;
    const written = await index.finish({ kind, archiveName, rawSizeBytes, rawSha256 }, indexPath);
    await writeBeside(job, archiveName);
    await publishFile(partPath, join(dumpDirectory, archiveName));
    return {
      archiveName,
      ...file,
      raw: { sizeBytes: rawSizeBytes, sha256: rawSha256, memberCount, configText, firewallText, devices },
      index: { name: indexName(archiveName), ...written },
      hasSeekTable: true,
    };
  } catch (error) {
    await removeBeside(dumpDirectory, archiveName);
    await rm(indexPath, { force: true });
    throw error;
  }
}
