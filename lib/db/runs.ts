import type { PlannedStep } from "@/lib/domain/plan-run";
import type { PolicySnapshot } from "@/lib/domain/policy";
import {
  isRunOver,
  type RunKind,
  type RunStatus,
  type RunTally,
  type RunTrigger,
  runEntriesTo,
} from "@/lib/domain/run";
import { db, type Transaction } from "./client";
import { Prisma } from "./generated/client";

export type RunRow = Prisma.RunGetPayload<object>;

type NewRun = {
  kind: RunKind;
  status: "queued" | "missed";
  statusReason?: string | undefined;
  policy: { id: string; name: string };
  snapshot: PolicySnapshot;
  dueAt: Date | null;
  trigger: RunTrigger;
  requestedBy: string | null;
  guestIds?: readonly string[] | undefined;
  now: Date;
};

/** Writes a run's row; undefined when a run for this policy and due instant is there already (another delivery was first). */
export async function insertRun(run: NewRun, tx: Transaction = db()): Promise<RunRow | undefined> {
  const [row] = await tx.run.createManyAndReturn({
    data: [
      {
        kind: run.kind,
        status: run.status,
        statusReason: run.statusReason ?? null,
        policyId: run.policy.id,
        policyName: run.policy.name,
        policySnapshot: run.snapshot,
        dueAt: run.dueAt,
        trigger: run.trigger,
        requestedBy: run.requestedBy,
        guestIds: [...(run.guestIds ?? [])],
        queuedAt: run.now,
        endedAt: run.status === "missed" ? run.now : null,
      },
    ],
    skipDuplicates: true,
  });
  return row;
}

type RunMove = {
  now: Date;
  statusReason?: string | null;
  cancelledBy?: string | undefined;
  tally?: RunTally | undefined;
};

/** The only writer of a run's status: the guard is in the where clause, so of two racing movers one gets nothing. */
export async function moveRun(
  runId: string,
  status: RunStatus,
  { now, statusReason = null, tally }: RunMove,
  tx: Transaction = db(),
): Promise<RunRow | undefined> {
  const [row] = await tx.run.updateManyAndReturn({
    where: { id: runId, status: { in: runEntriesTo(status) } },
    data: {
      status,
      statusReason,
      endedAt: isRunOver(status) ? now : null,
      tally: tally ?? Prisma.DbNull,
      revision: { increment: 1 },
    },
  });
  return row;
}

/**
 * Writes a queued run's steps and starts it, all at once. Undefined when it is not this caller's to plan: planned,
 * cancelled, or behind an earlier run of its policy (the row lock on the policy's runs makes two planners take turns).
 */
export async function beginRun(runId: string, steps: readonly PlannedStep[], now: Date): Promise<RunRow | undefined> {
  return db().$transaction(async (tx) => {
    const [row] = await tx.run.updateManyAndReturn({
      where: { id: runId, status: "queued", isPlanned: false, cancelRequestedAt: null },
      data: { status: "running", isPlanned: true, startedAt: now, statusReason: null, revision: { increment: 1 } },
    });
    if (!row) return undefined;
    await tx.step.createMany({
      data: steps.map(({ bytesTotal, ...step }) => ({
        ...step,
        runId,
        bytesTotal: bytesTotal === null ? null : BigInt(Math.round(bytesTotal)),
      })),
    });
    return row;
  });
}

/** Sets a run going again for a retry; undefined when it is not over. */
export async function reopenRun(runId: string, tx: Transaction): Promise<RunRow | undefined> {
  const [row] = await tx.run.updateManyAndReturn({
    where: { id: runId, status: { in: runEntriesTo("running").filter((status) => status !== "queued") } },
    data: {
      status: "running",
      statusReason: null,
      endedAt: null,
      tally: Prisma.DbNull,
      cancelRequestedAt: null,
      cancelMode: null,
      cancelledBy: null,
      attempt: { increment: 1 },
      revision: { increment: 1 },
    },
  });
  return row;
}

/** Notes the wish to cancel; the first one counts. Undefined when the run is over or was cancelled already. */
export async function requestRunCancel(
  runId: string,
  wish: { mode: "stop" | "finish_running"; by: string; now: Date },
): Promise<RunRow | undefined> {
  const [row] = await db().run.updateManyAndReturn({
    where: {
      id: runId,
      status: { in: ["queued", "running"] },
      OR: [{ cancelRequestedAt: null }, { cancelMode: "finish_running" }],
    },
    data: { cancelRequestedAt: wish.now, cancelMode: wish.mode, cancelledBy: wish.by, revision: { increment: 1 } },
  });
  return row;
}

export async function findRun(runId: string): Promise<RunRow | null> {
  return db().run.findUnique({ where: { id: runId } });
}

/** Whether an earlier run of the same policy is still under way: overlapping runs queue, they never pile up. */
export async function isBehindAnotherRun(run: {
  id: string;
  policyId: string | null;
  number: number;
}): Promise<boolean> {
  if (run.policyId === null) return false;
  const ahead = await db().run.count({
    where: {
      policyId: run.policyId,
      id: { not: run.id },
      OR: [{ status: "running" }, { status: "queued", number: { lt: run.number } }],
    },
  });
  return ahead > 0;
}

export async function runsWithStatus(status: RunStatus): Promise<RunRow[]> {
  return db().run.findMany({ where: { status }, orderBy: { number: "asc" }, take: 500 });
}
