"use client";

import {
  hashKey,
  type InfiniteData,
  infiniteQueryOptions,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { appendedLines, LinesEvent } from "@/components/live/event-effects";
import { fetchRunLog, type LogFilters } from "@/lib/client/runs";
import type { LogLine, RunLogPage } from "@/lib/contracts/runs";
import { linesOf, olderThan, tailSeq, withNewLines } from "./log-pages";

const pageSize = 500;
const gapLimit = 5000;

type LogData = InfiniteData<RunLogPage, number | null>;

const runLogQuery = (runId: string, filters: LogFilters) =>
  infiniteQueryOptions({
    queryKey: ["run-log", runId, filters] as const,
    queryFn: ({ pageParam, signal }) =>
      fetchRunLog(runId, { limit: pageSize, ...(pageParam !== null && { before: pageParam }) }, filters, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (oldest) => olderThan(oldest, pageSize),
    staleTime: Number.POSITIVE_INFINITY,
    // Lines are heavy and quickly old: a log nobody looks at is asked for anew.
    gcTime: 0,
  });

/** A run's log under its filters: the last lines at first, older ones on demand, new ones as the stream brings them. */
export function useRunLog(runId: string, filters: LogFilters, isShown: (line: LogLine) => boolean) {
  const client = useQueryClient();
  const options = runLogQuery(runId, filters);
  const query = useInfiniteQuery(options);
  const queryKey: readonly unknown[] = options.queryKey;
  const filterText = JSON.stringify(filters);

  // biome-ignore lint/correctness/useExhaustiveDependencies: filters are compared by their text, isShown follows from them
  useEffect(() => {
    let isFilling = false;
    let heardSeq = 0;
    const fill = async (data: LogData) => {
      if (isFilling) return;
      isFilling = true;
      try {
        const after = tailSeq(data);
        const page = await fetchRunLog(runId, { from: after + 1, limit: gapLimit }, filters);
        client.setQueryData<LogData>(queryKey, (known) => {
          const [newest, ...older] = known?.pages ?? [];
          if (!known || !newest || tailSeq(known) !== after) return known;
          const lines = [...newest.lines, ...page.lines];
          return { ...known, pages: [{ ...page, lines, lineCount: page.lineCount }, ...older] };
        });
      } catch {
        // The next lines show the same gap, and try again.
      } finally {
        isFilling = false;
      }
    };
    const take = (event: Event) => {
      if (!(event instanceof LinesEvent)) return;
      heardSeq = Math.max(heardSeq, ...event.lines.map(({ seq }) => seq));
      const data = client.getQueryData<LogData>(queryKey);
      if (!data) return;
      const next = withNewLines(data, event.lines, isShown);
      if (next === "gap") void fill(data);
      else client.setQueryData<LogData>(queryKey, next);
    };
    const reset = () => void client.invalidateQueries({ queryKey });
    // Lines told while the first page was on its way may be on neither.
    const unsubscribe = client.getQueryCache().subscribe(({ type, query: changed }) => {
      const data = changed.state.data as LogData | undefined;
      const isOurs = type === "updated" && changed.queryHash === hashKey(queryKey);
      if (isOurs && data && heardSeq > tailSeq(data)) void fill(data);
    });
    appendedLines.addEventListener(runId, take);
    appendedLines.addEventListener("reset", reset);
    return () => {
      unsubscribe();
      appendedLines.removeEventListener(runId, take);
      appendedLines.removeEventListener("reset", reset);
    };
  }, [client, runId, filterText]);

  const lines = useMemo(() => (query.data ? linesOf(query.data) : []), [query.data]);
  return {
    lines,
    lineCount: query.data ? tailSeq(query.data) : 0,
    matchCount: query.data?.pages[0]?.matchCount ?? 0,
    isPending: query.isPending,
    error: query.error,
    refetch: query.refetch,
    hasOlder: query.hasNextPage,
    isLoadingOlder: query.isFetchingNextPage,
    loadOlder: query.fetchNextPage,
  };
}
