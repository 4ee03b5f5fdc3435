import { db } from "@/lib/db/client";
import { moveRun, runsWithStatus } from "@/lib/db/runs";
import { guestsToAdvance, loseSteps, queuedSteps, runningSteps } from "@/lib/db/steps";
import { log } from "@/lib/log";
import { scheduledPolicyIds, upsertPolicySchedule } from "@/lib/redis/queues";
import { advanceGuest, concludeIfOver } from "@/lib/services/advance-run";
import { announceStep } from "@/lib/services/announce";
import { beginQueuedRun } from "@/lib/services/begin-queued-run";
import { endUnbegunSteps } from "@/lib/services/cancel-run";
import { tickPolicy } from "@/lib/services/tick-policy";
import { lostAfterMs } from "../tunables";
import type { Executor } from "./executor";

type Node = { id: string; name: string };

/**
 * Finds everything that Redis lost, a crash left half done, or nobody was there to do, from the rows alone. Each part is
 * harmless to repeat and to do at once on several workers; one that fails does not stop the others.
 */
export async function reconcile(node: Node, workerId: string, executor: Executor, now: Date): Promise<void> {
  const parts: [string, () => Promise<void>][] = [
    ["policies due", () => tickPolicies(now)],
    ["schedules in Redis", restoreSchedules],
    ["queued runs", () => beginQueuedRuns(now)],
    ["cancelled runs", () => cancelRuns(executor, now)],
    ["own running steps", () => takeOverRunning(node, workerId, executor)],
    ["queued steps", () => offerQueued(node, executor, now)],
    ["waiting steps", () => advanceWaiting(now)],
    ["lost steps", () => failLost(now)],
    ["finished runs", () => concludeRuns(now)],
  ];
  for (const [name, part] of parts) {
    try {
      await part();
    } catch (error) {
      log().warn({ part: name, cause: String(error) }, "reconciling failed; the next round tries again");
    }
  }
}

async function policiesInUse() {
  return db().policy.findMany({ where: { deletedAt: null, isEnabled: true } });
}

async function tickPolicies(now: Date): Promise<void> {
  for (const { id } of await policiesInUse()) await tickPolicy(id, now);
}

/** Redis may have been flushed: what it should deliver is in the policies. */
async function restoreSchedules(): Promise<void> {
  const scheduled = new Set(await scheduledPolicyIds());
  for (const policy of await policiesInUse()) if (!scheduled.has(policy.id)) await upsertPolicySchedule(policy);
}

async function beginQueuedRuns(now: Date): Promise<void> {
  for (const { id } of await runsWithStatus("queued")) await beginQueuedRun(id, now);
}

async function cancelRuns(executor: Executor, now: Date): Promise<void> {
  for (const run of await runsWithStatus("running")) {
    if (!run.cancelRequestedAt) continue;
    if (run.cancelMode === "stop") executor.cancelRun(run.id);
    await endUnbegunSteps(run, now);
  }
}

/** Running steps of this node that nobody here works on: a worker before us left them. */
async function takeOverRunning(node: Node, workerId: string, executor: Executor): Promise<void> {
  for (const step of await runningSteps(node.id)) {
    if (executor.isWorkingOn(step.id)) continue;
    log().info({ stepId: step.id, kind: step.kind, from: step.workerId, by: workerId }, "taking over a running step");
    executor.adopt(step);
  }
}

async function offerQueued(node: Node, executor: Executor, now: Date): Promise<void> {
  for (const { id } of await queuedSteps(node.id, now)) await executor.offer(id);
}

async function advanceWaiting(now: Date): Promise<void> {
  for (const { runId, guestId } of await guestsToAdvance()) await advanceGuest(runId, guestId, now);
}

/** A node nobody has served for long must not keep its runs open for ever. */
async function failLost(now: Date): Promise<void> {
  const lost = await loseSteps(new Date(now.getTime() - lostAfterMs), now);
  for (const step of lost) {
    await announceStep(step);
    await advanceGuest(step.runId, step.guestId, now);
  }
}

async function concludeRuns(now: Date): Promise<void> {
  for (const run of await runsWithStatus("running")) {
    const steps = await db().step.count({ where: { runId: run.id } });
    if (steps === 0) await moveRun(run.id, "failed", { now, statusReason: "This run has no steps." });
    else await concludeIfOver(run.id, now);
  }
}
