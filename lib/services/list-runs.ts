import { z } from "zod";
import type { ListRunsQuery, RunList, RunSummary } from "@/lib/contracts/runs";
import { pageOfRuns, summedSteps } from "@/lib/db/read-runs";
import type { RunRow } from "@/lib/db/runs";
import { decodeCursor, encodeCursor } from "./cursor";
import { toRunSummary } from "./describe-run";

const cursorKeySchema = z.tuple([z.int().min(1)]);

/** Runs, newest first, missed ones among them. */
export async function listRuns(query: ListRunsQuery, now: Date): Promise<RunList> {
  const [beforeNumber] = decodeCursor(query.cursor, cursorKeySchema) ?? [];
  const rows = await pageOfRuns(
    {
      status: query.status,
      kind: query.kind,
      policyId: query.policy,
      guestId: query.guest,
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
    },
    { beforeNumber, limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await summarizeRuns(page),
    nextCursor: rows.length > page.length && last ? encodeCursor([last.number]) : null,
    serverTime: now.toISOString(),
  };
}

/** Runs as lists show them. Steps are read only of those whose sums are not stored yet: the ones under way. */
export async function summarizeRuns(runs: readonly RunRow[]): Promise<RunSummary[]> {
  const steps = await summedSteps(runs.filter(({ tally }) => tally === null).map(({ id }) => id));
  const stepsByRun = Map.groupBy(steps, ({ runId }) => runId);
  return runs.map((run) => toRunSummary(run, stepsByRun.get(run.id) ?? []));
}

/** One run as lists show it. */
export async function summarizeRun(run: RunRow): Promise<RunSummary> {
  const steps = run.tally === null ? await summedSteps([run.id]) : [];
  return toRunSummary(run, steps);
}
