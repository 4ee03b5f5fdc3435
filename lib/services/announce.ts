import { findRun, type RunRow } from "@/lib/db/runs";
import { type StepRow, stepsOfRun } from "@/lib/db/steps";
import { publishEvent } from "@/lib/redis/events";
import { toRunSummary, toStepView } from "./describe-run";

/** Tells the screens how a run stands now. */
export async function announceRun(run: RunRow | string): Promise<void> {
  const row = typeof run === "string" ? await findRun(run) : run;
  if (!row) return;
  const steps = row.tally === null ? await stepsOfRun(row.id) : [];
  await publishEvent({ type: "run.changed", run: toRunSummary(row, steps) });
}

export async function announceStep(step: StepRow): Promise<void> {
  await publishEvent({ type: "step.changed", runId: step.runId, guestId: step.guestId, step: toStepView(step) });
}
