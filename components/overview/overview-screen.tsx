"use client";

import { useQuery } from "@tanstack/react-query";
import { useTopics } from "@/components/live/live-provider";
import { useRefetchEvery } from "@/components/live/use-refetch-every";
import { QueryError } from "@/components/shell/query-error";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { overviewQuery } from "@/lib/client/overview";
import { AttentionCard } from "./attention-card";
import { DestinationsCard } from "./destinations-card";
import { NightsCard } from "./nights-card";
import { RecentRunsCard } from "./recent-runs-card";
import { RunningCard } from "./running-card";
import { UpcomingCard } from "./upcoming-card";
import { Verdict } from "./verdict";

/** Can I restore everything right now? */
export function OverviewScreen() {
  useTopics(["overview"]);
  useRefetchEvery(overviewQuery.queryKey, 60_000);
  const { data: overview, error, refetch } = useQuery(overviewQuery);
  if (error && !overview) return <QueryError what="the overview" error={error} onRetry={refetch} isPage />;
  if (!overview) return <OverviewSkeleton />;
  return (
    <div className="grid gap-4 max-tablet:gap-3">
      <Verdict overview={overview} />
      <div className="grid gap-4 tablet:max-desktop:grid-cols-1 desktop:grid-cols-[minmax(0,1.32fr)_minmax(0,1fr)] max-tablet:gap-3">
        <AttentionCard overview={overview} />
        <RunningCard overview={overview} />
      </div>
      <NightsCard overview={overview} />
      <div className="grid gap-4 desktop:grid-cols-3 max-tablet:gap-3">
        <UpcomingCard overview={overview} />
        <DestinationsCard overview={overview} />
        <RecentRunsCard overview={overview} />
      </div>
    </div>
  );
}

function OverviewSkeleton() {
  return (
    <div className="grid gap-4" role="status" aria-label="Loading the overview">
      <div className="grid gap-2 py-1">
        <Skeleton width={220} />
        <Skeleton width="min(560px, 90%)" height={48} />
        <Skeleton width="min(420px, 80%)" />
      </div>
      <div className="grid gap-4 desktop:grid-cols-[1.32fr_1fr]">
        <div className="h-56 rounded-card border border-line bg-surface">
          <SkeletonRows count={4} label="Loading what needs attention" />
        </div>
        <div className="h-56 rounded-card border border-line bg-surface">
          <SkeletonRows count={4} label="Loading what runs" />
        </div>
      </div>
    </div>
  );
}
