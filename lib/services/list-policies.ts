import type { z } from "zod";
import type { PolicyView, policyListSchema } from "@/lib/contracts/policies";
import type { RunSummary } from "@/lib/contracts/runs";
import { findPolicy, lastRunsOfPolicies, missedCounts, type PolicyRow, policiesInUse } from "@/lib/db/policies";
import { type SelectableGuestRow, selectableGuests } from "@/lib/db/read-guests";
import { slots } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { policySettingsSchema } from "@/lib/domain/policy";
import { describePolicy } from "@/lib/domain/policy-words";
import { retentionRulesSchema } from "@/lib/domain/retention";
import { nextEvents } from "@/lib/domain/schedule";
import { summarizeRuns } from "./list-runs";
import { guestsOfPolicy } from "./policy-guests";

const missedSinceMs = 30 * 24 * 60 * 60 * 1000;

export async function listPolicies(now: Date): Promise<z.infer<typeof policyListSchema>> {
  const [rows, guests] = await Promise.all([policiesInUse(), selectableGuests()]);
  return { items: await describePolicies(rows, guests, now), serverTime: now.toISOString() };
}

/** One policy. Fails with not_found. */
export async function readPolicy(policyId: string, now: Date): Promise<PolicyView> {
  const row = await findPolicy(policyId);
  if (!row) throw new AppError("not_found", "There is no policy with this id.");
  return viewPolicy(row, now);
}

export async function viewPolicy(row: PolicyRow, now: Date): Promise<PolicyView> {
  const [view] = await describePolicies([row], await selectableGuests(), now);
  if (!view) throw new Error("one row gives one view");
  return view;
}

export async function describePolicies(
  rows: readonly PolicyRow[],
  guests: readonly SelectableGuestRow[],
  now: Date,
): Promise<PolicyView[]> {
  const ids = rows.map(({ id }) => id);
  const [runs, missed] = await Promise.all([
    lastRunsOfPolicies(ids).then(summarizeRuns),
    missedCounts(ids, new Date(now.getTime() - missedSinceMs)),
  ]);
  const lastRuns = new Map(runs.map((run) => [run.policyId, run]));
  return rows.map((row) =>
    toView(row, { guests, lastRun: lastRuns.get(row.id), missed: missed.get(row.id) ?? 0, now }),
  );
}

type Surroundings = {
  guests: readonly SelectableGuestRow[];
  lastRun: RunSummary | undefined;
  missed: number;
  now: Date;
};

function toView(row: PolicyRow, { guests, lastRun, missed, now }: Surroundings): PolicyView {
  const settings = policySettingsSchema.parse(row.settings);
  const destinations = row.destinations
    .map(({ destination, isRequired, retention }) => ({
      slot: destination.slot,
      isRequired,
      retention: retentionRulesSchema.parse(retention),
    }))
    .toSorted((a, b) => slots.indexOf(a.slot) - slots.indexOf(b.slot));
  const { name, isEnabled, schedule, timeZone } = row;
  const guestCount = guestsOfPolicy(settings, guests, now).length;
  return {
    id: row.id,
    name,
    isEnabled,
    schedule,
    timeZone,
    settings,
    destinations,
    revision: row.revision,
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
    skipDueAt: row.skipDueAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    sentence: describePolicy({ schedule, timeZone, settings, destinations }, guestCount),
    nextRunAt: nextRunAt(row, now)?.toISOString() ?? null,
    guestCount,
    lastRun: lastRun ?? null,
    missedCount30d: missed,
  };
}

type Scheduled = Pick<PolicyRow, "isEnabled" | "schedule" | "timeZone" | "pausedUntil" | "skipDueAt">;

/** The next run by schedule that will really be: a pause and a skip are seen to. Undefined when there is none. */
export function nextRunAt(policy: Scheduled, now: Date): Date | undefined {
  return nextRunsAt(policy, now, 1)[0];
}

export function nextRunsAt(policy: Scheduled, now: Date, count: number): Date[] {
  if (!policy.isEnabled) return [];
  // An event at the very end of a pause is no longer in it; nextEvents gives only later ones.
  const pauseEndMs = (policy.pausedUntil?.getTime() ?? 0) - 1;
  const after = new Date(Math.max(now.getTime(), pauseEndMs));
  const events = nextEvents(policy.schedule, { after, timeZone: policy.timeZone, count: count + 1 });
  return events.filter((event) => event.getTime() !== policy.skipDueAt?.getTime()).slice(0, count);
}
