import type { ErrorCode, Fault } from "@/lib/domain/errors";
import { isStepOver, type StepKind, type StepOutcome, type StepStatus, stepEntriesTo } from "@/lib/domain/step";
import { db, type Transaction } from "./client";
import type { Prisma } from "./generated/client";

export type StepRow = Prisma.StepGetPayload<object>;

/** Proof that one worker holds a step: writes that carry an older token than the row's change nothing. */
export type StepClaim = { stepId: string; fencingToken: number };

/**
 * Takes a queued step for a worker. Of two that try, one gets the row; a step whose time has not come, or that is over,
 * is given to nobody.
 */
export async function claimStep(
  stepId: string,
  { workerId, leaseMs, now }: { workerId: string; leaseMs: number; now: Date },
): Promise<StepRow | undefined> {
  const [row] = await db().step.updateManyAndReturn({
    where: {
      id: stepId,
      status: { in: stepEntriesTo("running") },
      OR: [{ notBefore: null }, { notBefore: { lte: now } }],
    },
    data: {
      status: "running",
      workerId,
      leaseExpiresAt: new Date(now.getTime() + leaseMs),
      fencingToken: { increment: 1 },
      startedAt: now,
      notBefore: null,
      tries: { increment: 1 },
      revision: { increment: 1 },
    },
  });
  return row;
}

/** Takes over a running step of this node whose worker is gone, keeping its start. The old worker's token is then too old. */
export async function adoptStep(
  step: { id: string; fencingToken: number },
  { workerId, leaseMs, now }: { workerId: string; leaseMs: number; now: Date },
): Promise<StepRow | undefined> {
  const [row] = await db().step.updateManyAndReturn({
    where: { id: step.id, status: "running", fencingToken: step.fencingToken },
    data: {
      workerId,
      leaseExpiresAt: new Date(now.getTime() + leaseMs),
      fencingToken: { increment: 1 },
      revision: { increment: 1 },
    },
  });
  return row;
}

const held = ({ stepId, fencingToken }: StepClaim) => ({ id: stepId, fencingToken, status: "running" as const });

/** Renews the leases of the steps a worker holds; answers which of them it no longer holds. */
export async function renewLeases(claims: readonly StepClaim[], leaseExpiresAt: Date): Promise<StepClaim[]> {
  const renewed = await Promise.all(
    claims.map((claim) => db().step.updateMany({ where: held(claim), data: { leaseExpiresAt } })),
  );
  return claims.filter((_, position) => renewed[position]?.count === 0);
}

export async function saveStepProgress(
  claim: StepClaim,
  { bytesDone, bytesTotal }: { bytesDone: number; bytesTotal?: number | undefined },
): Promise<boolean> {
  const { count } = await db().step.updateMany({
    where: held(claim),
    data: { bytesDone: BigInt(bytesDone), ...(bytesTotal === undefined ? {} : { bytesTotal: BigInt(bytesTotal) }) },
  });
  return count > 0;
}

type StepEnd = {
  status: "succeeded" | "failed" | "cancelled" | "skipped";
  endedAt: Date;
  bytesDone?: number | undefined;
  fault?: Fault | undefined;
  outcome?: StepOutcome | undefined;
  pointId?: string | undefined;
};

const faultColumns = (fault: Fault | undefined) => ({
  faultCode: fault?.code ?? null,
  faultCause: fault?.cause ?? null,
  faultSafe: fault?.safe ?? null,
  faultAction: fault?.action ?? null,
});

/** The end of a step by the worker that holds it; undefined when it holds it no longer. */
export async function endStep(claim: StepClaim, end: StepEnd, tx: Transaction = db()): Promise<StepRow | undefined> {
  const [row] = await tx.step.updateManyAndReturn({
    where: held(claim),
    data: {
      status: end.status,
      endedAt: end.endedAt,
      leaseExpiresAt: null,
      ...faultColumns(end.fault),
      ...(end.bytesDone === undefined ? {} : { bytesDone: BigInt(end.bytesDone) }),
      ...(end.outcome ? { outcome: end.outcome } : {}),
      ...(end.pointId ? { pointId: end.pointId } : {}),
      revision: { increment: 1 },
    },
  });
  return row;
}

/** Puts a held step back into its queue, to be taken again not before an instant; what went wrong stays readable. */
export async function requeueStep(
  claim: StepClaim,
  { notBefore, fault, isCounted }: { notBefore: Date; fault?: Fault | undefined; isCounted: boolean },
): Promise<StepRow | undefined> {
  const [row] = await db().step.updateManyAndReturn({
    where: held(claim),
    data: {
      status: "queued",
      notBefore,
      workerId: null,
      leaseExpiresAt: null,
      bytesDone: 0n,
      ...faultColumns(fault),
      ...(isCounted ? {} : { tries: { decrement: 1 } }),
      revision: { increment: 1 },
    },
  });
  return row;
}

/** Moves a step nobody holds. The guard is in the where clause, so of two racing movers one gets nothing. */
export async function moveStep(
  stepId: string,
  status: Exclude<StepStatus, "running" | "succeeded">,
  { now, fault }: { now: Date; fault?: Fault | undefined },
  tx: Transaction = db(),
): Promise<StepRow | undefined> {
  const [row] = await tx.step.updateManyAndReturn({
    where: { id: stepId, status: { in: stepEntriesTo(status).filter((from) => from !== "running") } },
    data: {
      status,
      endedAt: isStepOver(status) ? now : null,
      ...faultColumns(fault),
      revision: { increment: 1 },
    },
  });
  return row;
}

/** Begins steps again for a person: their count of tries starts anew, their attempt is the run's. */
export async function resetSteps(stepIds: readonly string[], attempt: number, tx: Transaction): Promise<number> {
  const { count } = await tx.step.updateMany({
    where: { id: { in: [...stepIds] }, status: { in: stepEntriesTo("waiting") } },
    data: {
      status: "waiting",
      attempt,
      tries: 0,
      notBefore: null,
      workerId: null,
      leaseExpiresAt: null,
      startedAt: null,
      endedAt: null,
      bytesDone: 0n,
      ...faultColumns(undefined),
      revision: { increment: 1 },
    },
  });
  return count;
}

/** Ends all steps of a run that no worker holds: the cancelled run's rest. */
export async function cancelUnclaimedSteps(runId: string, now: Date, kinds?: readonly StepKind[]): Promise<StepRow[]> {
  return db().step.updateManyAndReturn({
    where: { runId, status: { in: ["waiting", "queued"] }, ...(kinds ? { kind: { in: [...kinds] } } : {}) },
    data: { status: "cancelled", endedAt: now, revision: { increment: 1 } },
  });
}

export async function findStep(stepId: string): Promise<StepRow | null> {
  return db().step.findUnique({ where: { id: stepId } });
}

export async function stepsOfRun(runId: string, tx: Transaction = db()): Promise<StepRow[]> {
  return tx.step.findMany({ where: { runId }, orderBy: [{ position: "asc" }, { id: "asc" }] });
}

export async function stepsOfGuest(runId: string, guestId: string): Promise<StepRow[]> {
  return db().step.findMany({ where: { runId, guestId } });
}

/** Steps of live runs that stand in a queue whose time has come: what the reconciler wakes again. */
export async function queuedSteps(nodeId: string, now: Date): Promise<StepRow[]> {
  return db().step.findMany({
    where: { nodeId, status: "queued", OR: [{ notBefore: null }, { notBefore: { lte: now } }] },
    orderBy: [{ runId: "asc" }, { position: "asc" }],
    take: 1000,
  });
}

/** Steps of a node that somebody holds, by whom and until when. */
export async function runningSteps(nodeId: string): Promise<StepRow[]> {
  return db().step.findMany({ where: { nodeId, status: "running" } });
}

/** Guests of live runs with steps that wait and none that is queued or running: their next step was forgotten between two writes. */
export async function guestsToAdvance(): Promise<{ runId: string; guestId: string }[]> {
  return db().$queryRaw<{ runId: string; guestId: string }[]>`
    SELECT step."runId", step."guestId" FROM "Step" step JOIN "Run" run ON run.id = step."runId"
    WHERE run.status = 'running' AND step.status IN ('waiting', 'queued', 'running')
    GROUP BY step."runId", step."guestId" HAVING bool_and(step.status = 'waiting')`;
}

/** Fails what stands in the queue of, or is held for, a node whose worker has been silent since an instant. */
export async function loseSteps(silentSince: Date, now: Date): Promise<StepRow[]> {
  const isSilent = { OR: [{ workerSeenAt: null }, { workerSeenAt: { lt: silentSince } }] };
  return db().step.updateManyAndReturn({
    where: {
      run: { status: "running" },
      node: isSilent,
      OR: [{ status: "running" }, { status: "queued", run: { startedAt: { lt: silentSince } } }],
    },
    data: {
      status: "failed",
      endedAt: now,
      leaseExpiresAt: null,
      fencingToken: { increment: 1 },
      faultCode: "worker_lost",
      faultCause: "The worker of this node stopped answering.",
      faultSafe: "Finished guests keep their copies.",
      faultAction: "Show node",
      revision: { increment: 1 },
    },
  });
}

export function faultOf(step: StepRow): Fault | null {
  if (step.faultCode === null || step.faultCause === null) return null;
  return {
    code: step.faultCode as ErrorCode,
    cause: step.faultCause,
    safe: step.faultSafe ?? "",
    action: step.faultAction ?? "",
  };
}
