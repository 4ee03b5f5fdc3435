import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { LogLine, RunList } from "@/lib/contracts/runs";
import type { RunKind, RunStatus } from "@/lib/domain/run";
import { getJson, send, sendJson } from "./api";
import { searchText } from "./search-text";

export type RunFilters = {
  status?: readonly RunStatus[];
  kind?: readonly RunKind[];
  policy?: string | null;
  guest?: string | null;
  from?: string | null;
  to?: string | null;
};

export type LogFilters = { level?: LogLine["level"]; guest?: string; q?: string };

const contracts = () => import("@/lib/contracts/runs");

const pageSize = 60;

/** What a list without filters asks for, spelled as the filters spell it, so that server and browser mean one key. */
const unfiltered: RunFilters = { status: [], kind: [], policy: null, guest: null, from: null, to: null };

export const runQueries = {
  pageSize,
  unfiltered,
  all: ["runs"] as const,
  lists: ["runs", "list"] as const,

  list: (filters: RunFilters) =>
    infiniteQueryOptions({
      queryKey: [...runQueries.lists, filters] as const,
      queryFn: ({ pageParam, signal }) =>
        getJson(
          `/api/v1/runs${searchText({ ...filters, cursor: pageParam, limit: pageSize })}`,
          async () => (await contracts()).runListSchema,
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page: RunList) => page.nextCursor,
      staleTime: Number.POSITIVE_INFINITY,
    }),

  /** Kept up to date by the event stream, all but its ETA. */
  detail: (runId: string) =>
    queryOptions({
      queryKey: ["runs", "detail", runId] as const,
      queryFn: ({ signal }) =>
        getJson(`/api/v1/runs/${runId}`, async () => (await contracts()).runDetailSchema, signal),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  /** Bytes per second by step id, filled by the event stream only; there is nothing to fetch. */
  rates: (runId: string) =>
    queryOptions<Record<string, number>>({ queryKey: ["runs", "rates", runId], enabled: false, initialData: {} }),
};

/** One stretch of a run's log: the last lines, those before one, or those from one on. */
export function fetchRunLog(
  runId: string,
  place: { before?: number; from?: number; limit?: number },
  filters: LogFilters,
  signal?: AbortSignal,
) {
  const path = `/api/v1/runs/${runId}/log${searchText({ ...place, ...filters })}`;
  return getJson(path, async () => (await contracts()).runLogPageSchema, signal);
}

/** Where the browser downloads a run's whole log. */
export const runLogHref = (runId: string, format: "text" | "ndjson") => `/api/v1/runs/${runId}/log?format=${format}`;

/** `finish_running` lets the guests that run finish and starts no more. */
export function cancelRun(runId: string, mode: "stop" | "finish_running"): Promise<void> {
  return send("POST", `/api/v1/runs/${runId}/cancel`, { mode });
}

/** Repeats failed steps only, under the same number; without ids all of them. */
export function retryRun(runId: string, stepIds?: string[]): Promise<void> {
  return send("POST", `/api/v1/runs/${runId}/retry`, stepIds ? { stepIds } : {});
}

/** Starts a policy now, for all its guests or for those named. */
export function startRun(policyId: string, guestIds?: string[]) {
  const path = `/api/v1/policies/${policyId}/runs`;
  return sendJson("POST", path, guestIds ? { guestIds } : {}, async () => (await contracts()).runSummarySchema);
}
