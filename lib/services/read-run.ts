import type { RunDetail, RunGuest } from "@/lib/contracts/runs";
import { destinationsNamed } from "@/lib/db/destinations";
import { findRunWithSteps, guestsWithNodes, recentDurationsMs } from "@/lib/db/read-runs";
import type { RunRow } from "@/lib/db/runs";
import type { StepRow } from "@/lib/db/steps";
import { AppError } from "@/lib/domain/errors";
import { policySnapshotSchema } from "@/lib/domain/policy";
import { runGuestStatus } from "@/lib/domain/run";
import { toRunSummary, toStepView } from "./describe-run";

/** One run with its guests in the order of the queue, each with its steps. Fails with not_found. */
export async function readRun(runId: string, now: Date): Promise<RunDetail> {
  const run = await findRunWithSteps(runId);
  if (!run) throw new AppError("not_found", "There is no run with this id.");
  const { destinations } = policySnapshotSchema.parse(run.policySnapshot);
  const [guests, named, durationsMs] = await Promise.all([
    describeGuests(run.steps),
    destinationsNamed(destinations.map(({ destinationId }) => destinationId)),
    run.policyId === null ? [] : recentDurationsMs(run.policyId, run.number),
  ]);
  const summary = toRunSummary(run, run.steps);
  return {
    ...summary,
    guests,
    destinations: named.map(({ slot, name }) => ({ slot, name })),
    ...estimateEnd(run, summary, now),
    usualDurationMs: median(durationsMs),
    logLineCount: run.logSeq,
    serverTime: now.toISOString(),
  };
}

async function describeGuests(steps: readonly StepRow[]): Promise<RunGuest[]> {
  const stepsByGuest = Map.groupBy(steps, ({ guestId }) => guestId);
  const guests = await guestsWithNodes([...stepsByGuest.keys()]);
  const guestById = new Map(guests.map((guest) => [guest.id, guest]));
  return [...stepsByGuest].flatMap(([guestId, ofGuest]) => {
    const guest = guestById.get(guestId);
    if (!guest) return [];
    return [
      {
        guestId,
        type: guest.type,
        vmid: guest.vmid,
        name: guest.name,
        nodeName: guest.node.name,
        status: runGuestStatus(ofGuest),
        expectedBytes: expectedBytes(ofGuest),
        steps: ofGuest.map(toStepView),
      },
    ];
  });
}

/** What the guest's archive is expected to hold, or holds: the width of its block in the progress band. */
function expectedBytes(steps: readonly StepRow[]): number {
  const dump = steps.find(({ kind }) => kind === "dump" || kind === "host_config");
  return Math.max(Number(dump?.bytesTotal ?? 0), Number(dump?.bytesDone ?? 0));
}

/** Below these an estimate would jump about (ux: "before 3 % or 2 min: Estimating"). */
const leastRatio = 0.03;
const leastElapsedMs = 2 * 60_000;
const uncertainty = 0.15;

function estimateEnd(run: RunRow, { bytesDone, bytesTotal }: { bytesDone: number; bytesTotal: number }, now: Date) {
  const elapsedMs = now.getTime() - (run.startedAt?.getTime() ?? now.getTime());
  const isTooEarly = elapsedMs < leastElapsedMs || bytesTotal === 0 || bytesDone / bytesTotal < leastRatio;
  if (run.status !== "running" || run.attempt > 1 || isTooEarly) return { etaAt: null, etaPlusMinusSeconds: null };
  const remainingMs = (elapsedMs / bytesDone) * Math.max(0, bytesTotal - bytesDone);
  return {
    etaAt: new Date(now.getTime() + remainingMs).toISOString(),
    etaPlusMinusSeconds: Math.max(60, Math.round((remainingMs / 1000) * uncertainty)),
  };
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
