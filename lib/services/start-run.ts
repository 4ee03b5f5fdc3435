import { upkeepQueue } from "@/lib/contracts/jobs";
import { db, type Transaction } from "@/lib/db/client";
import { insertRun, type RunRow } from "@/lib/db/runs";
import { AppError } from "@/lib/domain/errors";
import { type PolicySnapshot, policySettingsSchema, policySnapshotSchema } from "@/lib/domain/policy";
import { retentionRulesSchema } from "@/lib/domain/retention";
import type { RunTrigger } from "@/lib/domain/run";
import { log } from "@/lib/log";
import { enqueue } from "@/lib/redis/queues";
import { announceRun } from "./announce";

export type PolicyForRun = NonNullable<Awaited<ReturnType<typeof findPolicyForRun>>>;

/** A policy in use, with its destinations. */
export async function findPolicyForRun(policyId: string, tx: Transaction = db()) {
  return tx.policy.findFirst({
    where: { id: policyId, deletedAt: null },
    include: { destinations: { include: { destination: true } } },
  });
}

/** The policy as a run made now will obey it. */
export function snapshotPolicy(policy: PolicyForRun): PolicySnapshot {
  return policySnapshotSchema.parse({
    settings: policySettingsSchema.parse(policy.settings),
    timeZone: policy.timeZone,
    destinations: policy.destinations.map(({ destination, isRequired, retention }) => ({
      destinationId: destination.id,
      slot: destination.slot,
      isRequired,
      retention: retentionRulesSchema.parse(retention),
    })),
  });
}

/** Wakes a worker for a queued run. Redis may be away: the reconciler finds the row. */
export async function wakeRun(runId: string): Promise<void> {
  try {
    await enqueue("run.plan", { runId }, { queue: upkeepQueue, jobId: `plan-${runId}` });
  } catch (error) {
    log().warn({ runId, cause: String(error) }, "run not enqueued; the reconciler will");
  }
}

type StartRun = {
  policyId: string;
  guestIds?: readonly string[] | undefined;
  trigger: RunTrigger;
  requestedBy: string | null;
  now: Date;
};

/** Starts a run of a policy now, of all guests it selects or of some. The row is the request; its life is told by events. */
export async function startRun({ policyId, guestIds, trigger, requestedBy, now }: StartRun): Promise<RunRow> {
  const policy = await findPolicyForRun(policyId);
  if (!policy) throw new AppError("not_found", "There is no policy with this id.");
  if (guestIds) await requireGuests(policy.clusterId, guestIds);
  const run = await insertRun({
    kind: "backup",
    status: "queued",
    policy,
    snapshot: snapshotPolicy(policy),
    dueAt: null,
    trigger,
    requestedBy,
    guestIds,
    now,
  });
  if (!run) throw new AppError("conflict", "This run exists already.");
  await wakeRun(run.id);
  await announceRun(run);
  return run;
}

async function requireGuests(clusterId: string, guestIds: readonly string[]): Promise<void> {
  const found = await db().guest.findMany({
    where: { id: { in: [...guestIds] }, clusterId, archivedAt: null },
    select: { id: true },
  });
  const known = new Set(found.map(({ id }) => id));
  const missing = guestIds.findIndex((id) => !known.has(id));
  if (missing >= 0) {
    throw new AppError("invalid_input", "A guest of this run does not exist any more.", {
      fields: { [`guestIds.${missing}`]: "is no guest of this cluster" },
    });
  }
}
