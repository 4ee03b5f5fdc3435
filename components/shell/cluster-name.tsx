"use client";

import { useQuery } from "@tanstack/react-query";
import { StatusBadge } from "@/components/ui/status-badge";
import { overviewQuery } from "@/lib/client/overview";

/** Which cluster this is, and whether it is the lab: nothing there protects anything real, so it is said on every page. */
export function ClusterName() {
  const { data } = useQuery({ ...overviewQuery, select: ({ clusterName, isLab }) => ({ clusterName, isLab }) });
  if (!data?.clusterName && !data?.isLab) return <div className="mb-3.5 hidden h-[34px] rail-open:block" />;
  return (
    <div className="mb-3.5 hidden h-[34px] items-center justify-between gap-2 rounded-control border border-line bg-surface px-2.5 text-table font-medium shadow-hair rail-open:flex">
      <span className="truncate" title={data.clusterName ?? ""}>
        {data.clusterName} cluster
      </span>
      {data.isLab && (
        <StatusBadge tone="idle" shape="dashed">
          Lab
        </StatusBadge>
      )}
    </div>
  );
}
