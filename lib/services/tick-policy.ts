import { db } from "@/lib/db/client";
import { insertRun, type RunRow } from "@/lib/db/runs";
import { policySettingsSchema } from "@/lib/domain/policy";
import { eventsBetween } from "@/lib/domain/schedule";
import { announceRun } from "./announce";
import { findPolicyForRun, type PolicyForRun, snapshotPolicy, wakeRun } from "./start-run";

/** More missed ticks than this are told as one row: a policy of every minute that slept for a month. */
const tickLimit = 500;
const minuteMs = 60_000;

/**
 * Turns every event of a policy's schedule since the last look into a row: a run, or a missed one with its reason. Both
 * the delivery from Redis and the reconciler come here; the guarded write of `ticksUntil` lets one of them do it, and
 * the unique due instant stands behind that.
 */
export async function tickPolicy(policyId: string, now: Date): Promise<RunRow[]> {
  const made = await db().$transaction(async (tx) => {
    const policy = await findPolicyForRun(policyId, tx);
    if (!policy?.isEnabled || policy.ticksUntil >= now) return [];
    const taken = await tx.policy.updateMany({
      where: { id: policy.id, ticksUntil: policy.ticksUntil },
      data: { ticksUntil: now },
    });
    if (taken.count === 0) return [];

    const dues = eventsBetween(policy.schedule, {
      from: policy.ticksUntil,
      to: now,
      timeZone: policy.timeZone,
      limit: tickLimit,
    });
    const snapshot = snapshotPolicy(policy);
    const rows: RunRow[] = [];
    for (const { dueAt, ...tick } of judgeTicks(policy, dues, now)) {
      if (tick.status === "passed_over") continue;
      const { status, statusReason } = tick;
      const row = await insertRun(
        { kind: "backup", status, statusReason, policy, snapshot, dueAt, trigger: "schedule", requestedBy: null, now },
        tx,
      );
      if (row) rows.push(row);
    }
    return rows;
  });

  for (const run of made) {
    await announceRun(run);
    if (run.status === "queued") await wakeRun(run.id);
  }
  return made;
}

type Tick = { dueAt: Date } & (
  | { status: "queued"; statusReason?: undefined | string }
  | { status: "missed"; statusReason: string }
  | { status: "passed_over" }
);

/** What becomes of each due instant: paused and skipped ones pass without a row, late ones are missed, or caught up once. */
function judgeTicks(policy: PolicyForRun, dues: readonly Date[], now: Date): Tick[] {
  const { startGraceMinutes, catchUp } = policySettingsSchema.parse(policy.settings);
  const last = dues.at(-1);
  return dues.map((dueAt): Tick => {
    const isPaused = policy.pausedUntil !== null && dueAt < policy.pausedUntil;
    const isSkipped = policy.skipDueAt !== null && dueAt.getTime() === policy.skipDueAt.getTime();
    if (isPaused || isSkipped) return { dueAt, status: "passed_over" };
    if (now.getTime() - dueAt.getTime() <= startGraceMinutes * minuteMs) return { dueAt, status: "queued" };
    if (catchUp && dueAt === last) {
      return { dueAt, status: "queued", statusReason: "Caught up: no worker was there when it was due." };
    }
    return { dueAt, status: "missed", statusReason: "Did not start: no worker was there when it was due." };
  });
}
