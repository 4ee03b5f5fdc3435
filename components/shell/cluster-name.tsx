import { StatusBadge } from "@/components/ui/status-badge";

/** Which cluster this is, and whether it is the lab: nothing there protects anything real, so it is said on every page. */
export function ClusterName({ clusterName, isLab }: { clusterName: string; isLab: boolean }) {
  return (
    <div className="mb-3.5 hidden h-[34px] items-center justify-between gap-2 rounded-control border border-line bg-surface px-2.5 text-table font-medium shadow-hair rail-open:flex">
      <span className="truncate" title={clusterName}>
        {clusterName} cluster
      </span>
      {isLab && <LabBadge />}
    </div>
  );
}

export function LabBadge() {
  return (
    <StatusBadge tone="idle" shape="dashed">
      Lab
    </StatusBadge>
  );
}
