import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { overviewQuery } from "@/lib/client/overview";
import { policyQueries } from "@/lib/client/policies";
import { isMissingGuests, withProgress, withRunInPages, withStep, withSummary } from "@/lib/client/run-reducers";
import { runQueries } from "@/lib/client/runs";
import type { LiveEvent } from "@/lib/contracts/events";
import type { Overview } from "@/lib/contracts/overview";
import type { LogLine, RunDetail, RunList, RunSummary } from "@/lib/contracts/runs";

/** Hands new log lines to whoever shows that run's log. */
export const appendedLines = new EventTarget();

export class LinesEvent extends Event {
  readonly lines: readonly LogLine[];

  constructor(runId: string, lines: readonly LogLine[]) {
    super(runId);
    this.lines = lines;
  }
}

/** Writes what the stream said into the query cache. What no event can say is asked for anew, once per batch. */
export function applyEvents(client: QueryClient, events: readonly LiveEvent[]): void {
  const stale = new Set<"overview" | "policies" | "runs">();
  const incompleteRuns = new Set<string>();
  for (const event of events) {
    const runId = runOf(event);
    const run = runId && client.getQueryData(runQueries.detail(runId).queryKey);
    if (runId && run && isMissingGuests(run, event)) incompleteRuns.add(runId);
    applyEvent(client, event, (part) => stale.add(part));
  }
  for (const runId of incompleteRuns) refresh(client, runQueries.detail(runId).queryKey);
  if (stale.has("overview")) refresh(client, overviewQuery.queryKey);
  if (stale.has("policies")) refresh(client, policyQueries.all);
  if (stale.has("runs")) refresh(client, runQueries.lists);
}

function runOf(event: LiveEvent): string | undefined {
  if (event.type === "run.changed") return event.run.id;
  return event.type === "step.changed" ? event.runId : undefined;
}

function applyEvent(
  client: QueryClient,
  event: LiveEvent,
  markStale: (part: "overview" | "policies" | "runs") => void,
): void {
  switch (event.type) {
    case "run.changed":
      changeRun(client, event.run.id, (run) => withSummary(run, event.run));
      if (!changeLists(client, event.run)) markStale("runs");
      markStale("overview");
      markStale("policies");
      break;
    case "step.changed":
      changeRun(client, event.runId, (run) => withStep(run, event.guestId, event.step));
      break;
    case "run.progress":
      client.setQueryData(runQueries.rates(event.runId).queryKey, () =>
        Object.fromEntries(event.steps.map((step) => [step.id, step.rateBytesPerSecond ?? 0])),
      );
      changeRun(client, event.runId, (run) => withProgress(run, event));
      break;
    case "log.appended":
      appendedLines.dispatchEvent(new LinesEvent(event.runId, event.lines));
      break;
    case "policy.changed":
      markStale("policies");
      break;
    case "guest.changed":
    case "overview.changed":
      markStale("overview");
      break;
    default:
      event satisfies never;
  }
}

/** False when a list on screen does not hold the run, so that only the server can say where it belongs. */
function changeLists(client: QueryClient, run: RunSummary): boolean {
  let isInAll = true;
  client.setQueriesData<InfiniteData<RunList>>({ queryKey: runQueries.lists }, (data) => {
    const pages = data && withRunInPages(data.pages, run);
    if (data && !pages) isInAll = false;
    return pages ? { ...data, pages } : data;
  });
  return isInAll;
}

/** A run stands in the cache twice: by itself, and as the overview's live run. */
function changeRun(client: QueryClient, runId: string, change: (run: RunDetail) => RunDetail): void {
  client.setQueryData(runQueries.detail(runId).queryKey, (run) => run && change(run));
  client.setQueryData<Overview>(overviewQuery.queryKey, (overview) =>
    overview?.live?.id === runId ? { ...overview, live: change(overview.live) } : overview,
  );
}

const refresh = (client: QueryClient, queryKey: readonly unknown[]) => {
  void client.invalidateQueries({ queryKey });
};

/** After a gap too long to be replayed, everything that the stream keeps up to date is asked for anew. */
export function applyReset(client: QueryClient): void {
  refresh(client, runQueries.all);
  refresh(client, overviewQuery.queryKey);
  refresh(client, policyQueries.all);
  appendedLines.dispatchEvent(new Event("reset"));
}
