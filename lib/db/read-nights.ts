import type { Slot } from "@/lib/domain/destination";
import { db } from "./client";

export type NightCount = { day: string; slot: Slot; due: number; good: number; failed: number };

/**
 * Copies of backup runs by the local day their run was asked for ("2026-11-23") and by slot: how many were due, how many
 * were proven, how many failed or did not happen. A run that was missed counts as one that failed at each of its slots.
 */
export async function countNights(since: Date, before: Date, timeZone: string): Promise<NightCount[]> {
  const rows = await db().$queryRaw<{ day: string; slot: Slot; due: bigint; good: bigint; failed: bigint }[]>`
    select to_char(r."queuedAt" at time zone ${timeZone}, 'YYYY-MM-DD') as day, s.slot::text as slot,
           count(*) as due,
           count(*) filter (where s.status = 'succeeded') as good,
           count(*) filter (where s.status in ('failed', 'skipped', 'cancelled')) as failed
    from "Run" r join "Step" s on s."runId" = r.id
    where r."queuedAt" >= ${since} and r."queuedAt" < ${before} and r.kind = 'backup' and s.kind in ('seal', 'verify')
    group by 1, 2
    union all
    select to_char(r."queuedAt" at time zone ${timeZone}, 'YYYY-MM-DD'), d ->> 'slot', count(*), 0, count(*)
    from "Run" r cross join lateral jsonb_array_elements(r."policySnapshot" -> 'destinations') d
    where r."queuedAt" >= ${since} and r."queuedAt" < ${before} and r.kind = 'backup' and r.status = 'missed'
    group by 1, 2`;
  return rows.map(({ day, slot, due, good, failed }) => ({
    day,
    slot,
    due: Number(due),
    good: Number(good),
    failed: Number(failed),
  }));
}
