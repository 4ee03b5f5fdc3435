"use client";

import { useQuery } from "@tanstack/react-query";
import { useTopics } from "@/components/live/live-provider";
import { useRefetchEvery } from "@/components/live/use-refetch-every";
import { QueryError } from "@/components/shell/query-error";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { runQueries } from "@/lib/client/runs";
import { isRunOver } from "@/lib/domain/run";
import { GuestPane } from "./guest-pane";
import { ProgressBand } from "./progress-band";
import { RunHeader } from "./run-header";
import { RunLogPane } from "./run-log-pane";
import { useRunAnnouncements } from "./use-run-announcements";

/** Is it going well, and when is it done? */
export function RunDetailScreen({ runId }: { runId: string }) {
  useTopics([`run:${runId}`]);
  const { data: run, error, refetch } = useQuery(runQueries.detail(runId));
  useRefetchEvery(runQueries.detail(runId).queryKey, 15_000, run !== undefined && !isRunOver(run.status));
  useRunAnnouncements(run);

  if (error && !run) return <QueryError what="this run" error={error} onRetry={refetch} isPage />;
  if (!run) return <RunDetailSkeleton />;
  return (
    <div className="grid gap-4 tablet:h-[calc(100dvh-94px)] tablet:min-h-[720px] tablet:grid-rows-[auto_auto_minmax(0,1fr)]">
      <RunHeader run={run} />
      <ProgressBand run={run} />
      <div className="grid min-h-0 gap-4 tablet:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] tablet:grid-rows-[minmax(0,1fr)]">
        <GuestPane run={run} />
        <RunLogPane run={run} />
      </div>
    </div>
  );
}

function RunDetailSkeleton() {
  return (
    <div className="grid gap-4">
      <Skeleton width={120} />
      <Skeleton width={320} height={34} />
      <Skeleton height={18} />
      <SkeletonRows count={8} label="Loading the run" />
    </div>
  );
}
