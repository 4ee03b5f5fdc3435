import type { RunSummary, StepView } from "@/lib/contracts/runs";
import type { RunRow } from "@/lib/db/runs";
import { faultOf, type StepRow } from "@/lib/db/steps";
import { runTallySchema, tallyRun } from "@/lib/domain/run";
import { stepOutcomeSchema } from "@/lib/domain/step";

const iso = (instant: Date | null) => instant?.toISOString() ?? null;

/** A step as screens and events show it. */
export function toStepView(step: StepRow): StepView {
  return {
    id: step.id,
    kind: step.kind,
    slot: step.slot,
    status: step.status,
    attempt: step.attempt,
    tries: step.tries,
    notBefore: iso(step.notBefore),
    startedAt: iso(step.startedAt),
    endedAt: iso(step.endedAt),
    bytesDone: Number(step.bytesDone),
    bytesTotal: step.bytesTotal === null ? null : Number(step.bytesTotal),
    fault: faultOf(step),
    outcome: step.outcome === null ? null : stepOutcomeSchema.parse(step.outcome),
    revision: step.revision,
  };
}

type SummedStep = Pick<StepRow, "guestId" | "kind" | "status" | "bytesDone" | "bytesTotal">;

/** What of a run its steps add up to. */
export function tallySteps(steps: readonly SummedStep[]) {
  return tallyRun(
    steps.map((step) => ({
      ...step,
      bytesDone: Number(step.bytesDone),
      bytesTotal: step.bytesTotal === null ? null : Number(step.bytesTotal),
    })),
  );
}

/** A run as lists and events show it. Its steps are needed only while it is not over: then its tally is stored. */
export function toRunSummary(run: RunRow, steps: readonly SummedStep[]): RunSummary {
  const tally = run.tally === null ? tallySteps(steps) : runTallySchema.parse(run.tally);
  return {
    id: run.id,
    number: run.number,
    kind: run.kind,
    status: run.status,
    statusReason: run.statusReason,
    policyId: run.policyId,
    policyName: run.policyName,
    trigger: run.trigger,
    requestedBy: run.requestedBy,
    dueAt: iso(run.dueAt),
    queuedAt: run.queuedAt.toISOString(),
    startedAt: iso(run.startedAt),
    endedAt: iso(run.endedAt),
    cancelRequestedAt: iso(run.cancelRequestedAt),
    cancelledBy: run.cancelledBy,
    attempt: run.attempt,
    ...tally,
    revision: run.revision,
  };
}
