import { localDay } from "@/lib/client/format-time";
import type { RunSummary } from "@/lib/contracts/runs";

export type RunDay = { day: string; at: number; runs: RunSummary[] };

/** When a run stands in the list: its beginning, or when it should have begun. */
export function listedAt(run: RunSummary): number {
  return Date.parse(run.startedAt ?? run.dueAt ?? run.queuedAt);
}

/** Runs under the day they began on there, in the order they came. */
export function groupByDay(runs: readonly RunSummary[], timeZone: string): RunDay[] {
  const days: RunDay[] = [];
  for (const run of runs) {
    const at = listedAt(run);
    const day = localDay(at, timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.runs.push(run);
    else days.push({ day, at, runs: [run] });
  }
  return days;
}

/** How long a run took; null while it works, and for one that never began. */
export function tookMs(run: RunSummary): number | null {
  return run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : null;
}

const fewestForUsual = 3;

/** The median duration per policy among these runs, of those that moved what they should; none where there are too few. */
export function usualDurations(runs: readonly RunSummary[]): Map<string, number> {
  const finished = runs.filter(
    (run) => run.policyId !== null && (run.status === "succeeded" || run.status === "partial"),
  );
  const usual = new Map<string, number>();
  for (const [policyId, ofPolicy] of Map.groupBy(finished, (run) => run.policyId)) {
    const durations = ofPolicy.flatMap((run) => tookMs(run) ?? []).toSorted((a, b) => a - b);
    const median = durations[Math.floor(durations.length / 2)];
    if (policyId !== null && median !== undefined && durations.length >= fewestForUsual) usual.set(policyId, median);
  }
  return usual;
}
