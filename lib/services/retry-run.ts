import { db } from "@/lib/db/client";
import { findRun, type RunRow, reopenRun } from "@/lib/db/runs";
import { resetSteps, type StepRow, stepsOfRun } from "@/lib/db/steps";
import { AppError } from "@/lib/domain/errors";
import { isRunOver } from "@/lib/domain/run";
import { stepsToRetry } from "@/lib/domain/step";
import { advanceGuest } from "./advance-run";
import { announceRun, announceStep } from "./announce";

type RetryRun = { runId: string; stepIds?: readonly string[] | undefined; now: Date };

/**
 * Begins the failed steps of a run again, and those that did not happen because of them, under the same number. What
 * succeeded is not done again: an upload that failed never dumps again.
 */
export async function retryRun({ runId, stepIds, now }: RetryRun): Promise<RunRow> {
  const run = await findRun(runId);
  if (!run) throw new AppError("not_found", "There is no run with this id.");
  if (!isRunOver(run.status)) throw new AppError("conflict", "This run is still under way.");
  const steps = await stepsOfRun(runId);
  const chosen = chooseSteps(steps, stepIds);
  if (chosen.length === 0) throw new AppError("conflict", "Nothing of this run failed; there is nothing to repeat.");

  const reopened = await db().$transaction(async (tx) => {
    const row = await reopenRun(runId, tx);
    if (row)
      await resetSteps(
        chosen.map(({ id }) => id),
        row.attempt,
        tx,
      );
    return row;
  });
  if (!reopened) throw new AppError("conflict", "This run cannot be repeated now.");
  await announceRun(reopened);
  const guestIds = new Set(chosen.map((step) => step.guestId));
  for (const step of await stepsOfRun(runId)) if (chosen.some(({ id }) => id === step.id)) await announceStep(step);
  for (const guestId of guestIds) await advanceGuest(runId, guestId, now);
  return reopened;
}

/** With named steps: those, and what their guests skipped after them. */
function chooseSteps(steps: readonly StepRow[], stepIds: readonly string[] | undefined): StepRow[] {
  const candidates = stepsToRetry(steps);
  if (!stepIds) return candidates;
  const named = candidates.filter(({ id }) => stepIds.includes(id));
  const namedIds = new Set(named.map(({ id }) => id));
  const unknown = stepIds.findIndex((id) => !namedIds.has(id));
  if (unknown >= 0) {
    throw new AppError("invalid_input", "A step to repeat is not a failed step of this run.", {
      fields: { [`stepIds.${unknown}`]: "is not a step of this run that failed or did not happen" },
    });
  }
  const followsNamed = (step: StepRow) =>
    step.status === "skipped" &&
    named.some((other) => other.guestId === step.guestId && (other.slot === step.slot || other.slot === "local"));
  return candidates.filter((step) => named.includes(step) || followsNamed(step));
}
