import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { countLines } from "@/lib/db/log-lines";
import { insertPoint, putCopy } from "@/lib/db/points";
import { AppError } from "@/lib/domain/errors";
import { guestLabel } from "@/lib/domain/guest";
import { formatBytes } from "@/lib/domain/units";
import type { MadeArchive } from "../ports";
import { StepSkipped } from "../step-endings";
import { guestReturnMs, spareBytes } from "../tunables";
import type { StepContext, StepResult } from "./step-context";

type DumpedGuest = { type: "qemu" | "lxc"; vmid: number; name: string };

/** One vzdump of one guest into one archive, judged by what can be seen: its lines, its bytes, and the guest afterwards. */
export async function dump(context: StepContext): Promise<StepResult> {
  const guest = dumpedGuest(context);
  if (context.step.pointId) return await confirmRestart(context, guest);

  if (!(await context.tools.hasDump(context.step.id))) {
    await requireGuest(context, guest);
    await requireSpace(context, guest);
  }

  const { settings, places, step } = context;
  const made = await context.tools.runDump(
    {
      stepId: step.id,
      guest,
      mode: settings.mode,
      engine: settings.engine,
      compressionLevel: settings.compressionLevel,
      compressionThreads: settings.compressionThreads,
      limitKibPerSecond: settings.dumpLimitKibPerSecond,
      dumpDirectory: places.dumpDirectory,
      notes: `${guest.name}, ${context.run.policyName} #${context.run.number}`,
      toldLineCount: await countLines(step.id, "vzdump", step.startedAt ?? new Date()),
    },
    {
      signal: context.signal,
      onProgress: context.progress,
      onLine: (line, at) => context.log(levelOf(line), line, { source: "vzdump", at }),
    },
  );

  const restart = await judgeRestart(context, guest, made);
  return { ...madeResult(context, made), failure: restart };
}

function dumpedGuest({ guest }: StepContext): DumpedGuest {
  if (guest.type === "host" || guest.vmid === null) throw new Error("a dump step has a VM or a container");
  return { type: guest.type, vmid: guest.vmid, name: guest.name };
}

async function requireGuest({ tools, node }: StepContext, guest: DumpedGuest): Promise<void> {
  const before = await tools.readGuestState({ ...guest, nodeName: node.name });
  if (!before) throw new StepSkipped(`${guestLabel(guest)} is not on ${node.name} any more.`);
}

async function requireSpace({ tools, places, step, node }: StepContext, guest: DumpedGuest): Promise<void> {
  const { freeBytes } = await tools.dumpDirectory.check(places.dumpDirectory);
  const neededBytes = Number(step.bytesTotal ?? 0n) + spareBytes;
  if (freeBytes >= neededBytes) return;
  throw new AppError(
    "dump_directory_full",
    `${node.name}:${places.dumpDirectory} has ${formatBytes(freeBytes)} left, ${guestLabel(guest)} needs about ${formatBytes(neededBytes)}.`,
  );
}

const levelOf = (line: string) => {
  if (line.startsWith("ERROR:")) return "error";
  return line.startsWith("WARN:") ? "warn" : "info";
};

/**
 * vzdump says "finished successfully" with exit 0 even when a guest it stopped did not start again; so we ask Proxmox,
 * and wait a little, for a guest needs a moment to be seen as running.
 */
async function judgeRestart(
  context: StepContext,
  guest: DumpedGuest,
  made: MadeArchive,
): Promise<AppError | undefined> {
  if (made.guestRestart === "not_needed") return undefined;
  const deadline = performance.now() + guestReturnMs;
  while (performance.now() < deadline) {
    const now = await context.tools.readGuestState({ ...guest, nodeName: context.node.name });
    if (now?.isRunning) return undefined;
    if (made.guestRestart === "failed") break;
    await sleep(1_000, undefined, { signal: context.signal });
  }
  return notRestarted(guest);
}

const notRestarted = (guest: DumpedGuest) =>
  new AppError("guest_not_restarted", `${guestLabel(guest)} was stopped for its backup and did not start again.`);

/** A repeat after a guest stayed stopped: its archive is there already, only the guest is looked at again. */
async function confirmRestart(context: StepContext, guest: DumpedGuest): Promise<StepResult> {
  const now = await context.tools.readGuestState({ ...guest, nodeName: context.node.name });
  const outcome = context.step.outcome as StepResult["outcome"];
  const bytesDone = Number(context.step.bytesTotal ?? 0n);
  return { outcome, bytesDone, failure: now?.isRunning ? undefined : notRestarted(guest) };
}

/** What is written of an archive just made: its point, its row, and a local copy that still has to be proven. */
export function madeResult(context: StepContext, made: MadeArchive): StepResult {
  const { step, node, run, destination, tools } = context;
  return {
    outcome: { kind: "made", archiveName: made.fileName, mode: made.mode, warnings: made.warnings },
    bytesDone: made.sizeBytes,
    commit: async (tx) => {
      const pointId = await insertPoint(
        {
          guestId: step.guestId,
          nodeId: node.id,
          runId: run.id,
          takenAt: made.takenAt,
          mode: made.mode,
          durationMs: made.durationMs,
          note: "",
          configText: made.configText,
          configDigest: createHash("sha256").update(made.configText).digest("hex"),
          archive: {
            fileName: made.fileName,
            engine: context.settings.engine,
            sizeBytes: made.sizeBytes,
            sha256: made.sha256,
            md5: made.md5,
            rawSizeBytes: made.rawSizeBytes,
            rawSha256: made.rawSha256,
            hasSeekTable: made.hasSeekTable,
          },
        },
        tx,
      );
      if (destination) {
        await putCopy(
          { pointId, destinationId: destination.id },
          { state: "pending", path: made.fileName, sizeBytes: made.sizeBytes, copiedAt: made.takenAt },
          tx,
        );
      }
      return { pointId };
    },
    afterwards: () => tools.forgetDump(step.id),
  };
}
