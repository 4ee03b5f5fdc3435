import { nodeQueue } from "@/lib/contracts/jobs";
import { db } from "@/lib/db/client";
import { findRun, moveRun, type RunRow } from "@/lib/db/runs";
import { moveStep, type StepRow, stepsOfGuest, stepsOfRun } from "@/lib/db/steps";
import { slotLabel } from "@/lib/domain/destination";
import { policySnapshotSchema } from "@/lib/domain/policy";
import { concludeRun } from "@/lib/domain/run";
import { isRequiredStep, isStepOver, nextForStep } from "@/lib/domain/step";
import { log } from "@/lib/log";
import { enqueue } from "@/lib/redis/queues";
import { announceRun, announceStep } from "./announce";
import { tallySteps } from "./describe-run";
import { explainRunEnd } from "./explain-run-end";

/** Wakes the lane of a queued step. Redis may be away: the reconciler wakes it again. */
export async function wakeStep(step: StepRow, nodeName: string, now: Date): Promise<void> {
  const delayMs = Math.max(0, (step.notBefore?.getTime() ?? 0) - now.getTime());
  try {
    await enqueue("step.run", { stepId: step.id }, { queue: nodeQueue(nodeName), jobId: step.id, delayMs });
  } catch (error) {
    log().warn({ stepId: step.id, cause: String(error) }, "step not enqueued; the reconciler will");
  }
}

/**
 * Moves on what waits in a run for one guest: steps whose conditions are met are queued, those that can no longer happen
 * are skipped with the reason; a run whose steps are all over is concluded. Harmless to repeat, from any process.
 */
export async function advanceGuest(runId: string, guestId: string, now: Date): Promise<void> {
  const moved = await moveWaitingSteps(runId, guestId, now);
  if (moved.length > 0) {
    const nodes = await db().node.findMany({ where: { id: { in: moved.map((step) => step.nodeId) } } });
    for (const step of moved) {
      await announceStep(step);
      const node = nodes.find(({ id }) => id === step.nodeId);
      if (step.status === "queued" && node) await wakeStep(step, node.name, now);
    }
  }
  await concludeIfOver(runId, now);
}

async function moveWaitingSteps(runId: string, guestId: string, now: Date): Promise<StepRow[]> {
  const steps = await stepsOfGuest(runId, guestId);
  const moved: StepRow[] = [];
  for (;;) {
    const next = steps
      .filter((step) => step.status === "waiting")
      .map((step) => ({ step, decision: nextForStep(step, steps.map(withMade)) }))
      .find(({ decision }) => decision.move !== "wait");
    if (!next) return moved;
    const { step, decision } = next;
    const row =
      decision.move === "skip"
        ? await moveStep(step.id, "skipped", { now, fault: skippedBecause(decision.because) })
        : await moveStep(step.id, "queued", { now });
    // Nothing moved: another process was first, and sees to the rest.
    if (!row) return moved;
    moved.push(row);
    steps[steps.indexOf(step)] = row;
  }
}

const withMade = (step: StepRow) => ({ ...step, hasMade: step.pointId !== null });

const stepWords = {
  host_config: "the host configuration was not saved",
  dump: "the dump did not succeed",
  seal: "the archive could not be proven readable",
  copy: "the copy was not made",
  verify: "the copy could not be proven",
  prune: "the prune did not succeed",
} as const satisfies Record<StepRow["kind"], string>;

function skippedBecause(step: { kind: StepRow["kind"]; slot: StepRow["slot"] }) {
  const where = step.kind === "copy" || step.kind === "verify" ? ` (${slotLabel[step.slot]})` : "";
  return {
    code: "not_possible" as const,
    cause: `Did not happen because ${stepWords[step.kind]}${where}.`,
    safe: "Earlier copies are not affected.",
    action: "Retry failed",
  };
}

/** Ends a run whose steps are all over; of several that notice, one writes. */
export async function concludeIfOver(runId: string, now: Date): Promise<RunRow | undefined> {
  const steps = await stepsOfRun(runId);
  if (steps.length === 0 || !steps.every((step) => isStepOver(step.status))) return undefined;
  const run = await findRun(runId);
  if (run?.status !== "running") return undefined;

  const { destinations } = policySnapshotSchema.parse(run.policySnapshot);
  const isDestinationRequired = (step: StepRow) =>
    destinations.find((destination) => destination.destinationId === step.destinationId)?.isRequired ?? true;
  const status = concludeRun(
    steps.flatMap((step) =>
      isStepOver(step.status)
        ? [{ kind: step.kind, status: step.status, isRequired: isRequiredStep(step, isDestinationRequired(step)) }]
        : [],
    ),
  );
  const statusReason = await explainRunEnd(run, steps, status);
  const ended = await moveRun(runId, status, { now, statusReason, tally: tallySteps(steps) });
  if (ended) await announceRun(ended);
  return ended;
}
