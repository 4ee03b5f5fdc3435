import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import { endStep, requeueStep, type StepClaim, type StepRow } from "@/lib/db/steps";
import { isStepOver } from "@/lib/domain/step";
import { log } from "@/lib/log";
import { advanceGuest, wakeStep } from "@/lib/services/advance-run";
import { announceRun, announceStep } from "@/lib/services/announce";
import { StepBusy, StepSkipped } from "../step-endings";
import type { StepContext, StepResult, StopReason } from "../steps/step-context";
import { describeFailure, isWorthRepeating } from "./describe-failure";
import { withDatabase } from "./with-database";

/** Carries one claimed step to its end and writes it, then moves on what waited for it. */
export async function carryStep(
  claimed: StepRow,
  context: StepContext,
  handle: (context: StepContext) => Promise<StepResult>,
): Promise<void> {
  const claim: StepClaim = { stepId: claimed.id, fencingToken: claimed.fencingToken };
  try {
    const result = await handle(context);
    await finish(claim, claimed, context, result);
  } catch (error) {
    await settle(claim, claimed, context, error);
  }
}

async function finish(claim: StepClaim, step: StepRow, context: StepContext, result: StepResult): Promise<void> {
  const fault = result.failure ? describeFailure(result.failure) : undefined;
  if (fault) context.log("error", fault.cause);
  const ended = await withDatabase(() =>
    db().$transaction(async (tx) => {
      const committed = await result.commit?.(tx);
      const row = await endStep(
        claim,
        {
          status: fault ? "failed" : "succeeded",
          endedAt: new Date(),
          bytesDone: result.bytesDone,
          outcome: result.outcome,
          fault,
          pointId: committed?.pointId ?? result.pointId,
        },
        tx,
      );
      // Thrown, so that what was committed beside it is undone too.
      if (!row) throw new Fenced();
      return row;
    }),
  ).catch((error: unknown) => {
    if (error instanceof Fenced) return undefined;
    throw error;
  });
  if (ended) {
    await result.afterwards?.();
    await tell(ended);
  } else log().warn({ stepId: step.id }, "step is held by another worker; its result was not written");
}

class Fenced extends Error {}

async function settle(claim: StepClaim, step: StepRow, context: StepContext, error: unknown): Promise<void> {
  const reason = context.signal.aborted ? (context.signal.reason as StopReason) : undefined;
  // Interrupted: the row stays "running", and whoever serves the node next takes it over.
  if (reason === "fenced" || reason === "interrupted") return;
  if (reason === "canceled") {
    context.log("warn", "Cancelled.");
    await end(claim, { status: "cancelled", endedAt: new Date() });
    return;
  }
  if (error instanceof StepSkipped) {
    context.log("warn", error.message);
    const fault = {
      code: "guest_gone" as const,
      cause: error.message,
      safe: "Its earlier copies are kept.",
      action: "",
    };
    await end(claim, { status: "skipped", endedAt: new Date(), fault });
    return;
  }
  if (error instanceof StepBusy) {
    context.log("info", error.message);
    await requeue(claim, context, error.retryAfterMs);
    return;
  }
  await fail(claim, step, context, error);
}

async function fail(claim: StepClaim, step: StepRow, context: StepContext, error: unknown): Promise<void> {
  const fault = describeFailure(error);
  if (fault.code === "tool_failed") log().error({ stepId: step.id, error }, "step failed");
  const delays = config().retryDelaysSeconds;
  const delaySeconds = delays[step.tries - 1];
  const mayRepeat = step.kind === "copy" || step.kind === "verify" || step.kind === "prune";
  if (mayRepeat && delaySeconds !== undefined && isWorthRepeating(error)) {
    context.log("warn", `${fault.cause} Try ${step.tries} of ${delays.length + 1}; next in ${delaySeconds} s.`);
    await requeue(claim, context, delaySeconds * 1000, fault);
    return;
  }
  context.log("error", fault.cause);
  await end(claim, { status: "failed", endedAt: new Date(), fault });
}

async function end(claim: StepClaim, how: Parameters<typeof endStep>[1]): Promise<void> {
  const row = await withDatabase(() => endStep(claim, how));
  if (row) await tell(row);
}

async function requeue(
  claim: StepClaim,
  context: StepContext,
  delayMs: number,
  fault?: ReturnType<typeof describeFailure>,
): Promise<void> {
  const now = new Date();
  const notBefore = new Date(now.getTime() + delayMs);
  const row = await withDatabase(() => requeueStep(claim, { notBefore, fault, isCounted: fault !== undefined }));
  if (!row) return;
  await announceStep(row);
  await wakeStep(row, context.node.name, now);
}

/** Tells of a step's end and moves on what waited for it. Fails softly: the reconciler does both again. */
async function tell(step: StepRow): Promise<void> {
  try {
    await announceStep(step);
    if (isStepOver(step.status)) await advanceGuest(step.runId, step.guestId, new Date());
    await announceRun(step.runId);
  } catch (error) {
    log().warn({ stepId: step.id, cause: String(error) }, "what follows a step was not done; the reconciler does it");
  }
}
