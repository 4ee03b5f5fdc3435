"use client";

import { createContext, type ReactNode, useContext } from "react";
import { StatusBadge } from "@/components/ui/status-badge";

type Cluster = { clusterName: string; isLab: boolean };

const ClusterContext = createContext<Cluster>({ clusterName: "", isLab: false });

export function ClusterProvider({ clusterName, isLab, children }: Cluster & { children: ReactNode }) {
  return <ClusterContext value={{ clusterName, isLab }}>{children}</ClusterContext>;
}

/** Which cluster the screens speak of. */
export function ClusterName() {
  const { clusterName } = useContext(ClusterContext);
  return (
    <div className="mb-3.5 hidden h-[34px] items-center justify-between gap-2 rounded-control border border-line bg-surface px-2.5 text-table font-medium shadow-hair rail-open:flex">
      <span className="truncate" title={clusterName}>
        {clusterName} cluster
      </span>
      <LabNote />
    </div>
  );
}

/** Says on every page that this is the lab: nothing there protects anything real. */
export function LabNote() {
  const { isLab } = useContext(ClusterContext);
  if (!isLab) return null;
  return (
    <StatusBadge tone="idle" shape="dashed">
      Lab
    </StatusBadge>
  );
}
