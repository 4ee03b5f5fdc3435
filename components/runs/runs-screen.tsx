"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useNow, useTimeZone } from "@/components/live/clock";
import { QueryError } from "@/components/shell/query-error";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { formatRelative, formatWeekdayDay, localDay } from "@/lib/client/format-time";
import { policyQueries } from "@/lib/client/policies";
import { runQueries } from "@/lib/client/runs";
import { isRunOver } from "@/lib/domain/run";
import { LiveRuns } from "./live-runs";
import { groupByDay, usualDurations } from "./run-days";
import { RunFilterBar } from "./run-filter-bar";
import { RunRow } from "./run-row";
import { useRunFilters } from "./use-run-filters";

/** What ran, what failed, what did not run? */
export function RunsScreen() {
  const { filters, isFiltered, clear } = useRunFilters();
  return (
    <div className="grid gap-4">
      <h1 className="text-title font-heading">Runs</h1>
      <LiveRuns />
      <section aria-label="Finished runs" className="min-w-0 rounded-card border border-line bg-surface shadow-hair">
        <RunFilterBar />
        <RunHistory key={JSON.stringify(filters)} isFiltered={isFiltered} onClear={clear} />
      </section>
    </div>
  );
}

function RunHistory({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { filters } = useRunFilters();
  const timeZone = useTimeZone();
  const now = useNow();
  const query = useInfiniteQuery(runQueries.list(filters));
  const runs = (query.data?.pages.flatMap((page) => page.items) ?? []).filter((run) => isRunOver(run.status));

  if (query.error && !query.data) return <QueryError what="the runs" error={query.error} onRetry={query.refetch} />;
  if (query.isPending) return <SkeletonRows count={8} label="Loading the runs" />;
  if (runs.length === 0 && !query.hasNextPage) {
    if (!isFiltered) return <NoRunsYet />;
    return (
      <EmptyState action={<Button onClick={onClear}>Clear filters</Button>}>No runs match these filters.</EmptyState>
    );
  }

  const usual = usualDurations(runs);
  return (
    <>
      {groupByDay(runs, timeZone).map((day) => (
        <section key={day.day} aria-label={dayTitle(day.at, now, timeZone)}>
          <h2 className="border-b border-line/70 px-4 pt-3 pb-1.5 text-axis font-strong text-fg2">
            {dayTitle(day.at, now, timeZone)}
          </h2>
          <ul>
            {day.runs.map((run) => (
              <RunRow key={run.id} run={run} usualMs={usual.get(run.policyId ?? "")} />
            ))}
          </ul>
        </section>
      ))}
      <More
        hasMore={query.hasNextPage}
        isLoading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </>
  );
}

function dayTitle(at: number, now: number, timeZone: string): string {
  const day = localDay(at, timeZone);
  if (day === localDay(now, timeZone)) return "Today";
  if (day === localDay(now - 86_400_000, timeZone)) return "Yesterday";
  return formatWeekdayDay(at, now, timeZone);
}

type MoreProps = { hasMore: boolean; isLoading: boolean; onMore: () => void };

/** Older runs come as the end of the list comes into view; the button is for who scrolls by other means. */
function More({ hasMore, isLoading, onMore }: MoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    if (!hasMore || isLoading || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      { rootMargin: "600px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasMore, isLoading]);

  if (!hasMore) return null;
  return (
    <div ref={end} className="p-4">
      <Button onClick={onMore} isBusy={isLoading}>
        {isLoading ? "Loading older runs" : "Show older runs"}
      </Button>
    </div>
  );
}

function NoRunsYet() {
  const now = useNow();
  const timeZone = useTimeZone();
  const { data } = useQuery(policyQueries.list());
  if (!data) return <SkeletonRows count={2} label="Loading the policies" />;
  const next = data.items
    .flatMap((policy) => (policy.nextRunAt ? [{ name: policy.name, at: Date.parse(policy.nextRunAt) }] : []))
    .toSorted((a, b) => a.at - b.at)[0];
  if (data.items.length === 0)
    return (
      <EmptyState action={<ButtonLink href="/policies/new">New policy</ButtonLink>}>
        No runs yet. A policy says which guests are backed up, when and where to.
      </EmptyState>
    );
  return (
    <EmptyState action={<ButtonLink href="/policies">Policies</ButtonLink>}>
      No runs yet.{next && ` ${next.name} starts ${formatRelative(next.at, now, timeZone)}.`}
    </EmptyState>
  );
}
