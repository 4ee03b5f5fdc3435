import { config } from "@/lib/config";
import type { Overview } from "@/lib/contracts/overview";
import { countNights, type NightCount } from "@/lib/db/read-nights";
import type { Slot } from "@/lib/domain/destination";
import { instantOfWallClock, wallClockMs, wallClockText } from "@/lib/domain/zoned-time";

const dayMs = 24 * 60 * 60 * 1000;
const shownDays = 30;

/** Past days change only when an old run is repeated; meanwhile they need not be counted for everybody who looks. */
const pastKeptMs = 5 * 60 * 1000;
let past: { key: string; until: number; counts: Promise<NightCount[]> } | undefined;

function countPast(since: Date, to: Date, timeZone: string, now: Date): Promise<NightCount[]> {
  const key = `${config().databaseUrl} ${since.toISOString()} ${timeZone}`;
  if (past?.key !== key || past.until < now.getTime()) {
    past = { key, until: now.getTime() + pastKeptMs, counts: countNights(since, to, timeZone) };
    // A failure is told to those who wait for it, and not kept.
    past.counts.catch(() => {
      past = undefined;
    });
  }
  return past.counts;
}

/** The last thirty local days at each slot, oldest first, today last. */
export async function readNights(slots: readonly Slot[], timeZone: string, now: Date): Promise<Overview["nights"]> {
  const todayMs = Math.floor(wallClockMs(now.getTime(), timeZone) / dayMs) * dayMs;
  const days = Array.from({ length: shownDays }, (_, index) => todayMs - (shownDays - 1 - index) * dayMs);
  const since = new Date(instantOfWallClock(days[0] ?? todayMs, timeZone));
  const today = new Date(instantOfWallClock(todayMs, timeZone));
  const tomorrow = new Date(instantOfWallClock(todayMs + dayMs, timeZone));
  const counts = (
    await Promise.all([countPast(since, today, timeZone, now), countNights(today, tomorrow, timeZone)])
  ).flat();
  return slots.map((slot) => ({
    slot,
    days: days.map((wallMs) => {
      const day = wallClockText(wallMs).slice(0, 10);
      const there = counts.filter((count) => count.day === day && count.slot === slot);
      const sum = (of: "due" | "good" | "failed") => there.reduce((total, count) => total + count[of], 0);
      return { day, due: sum("due"), good: sum("good"), failed: sum("failed") };
    }),
  }));
}
