import { Cloud, HardDrive } from "lucide-react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ProgressBar } from "@/components/ui/progress-bar";
import { formatPercent } from "@/lib/client/format-size";
import type { Overview } from "@/lib/contracts/overview";
import { slotLabel } from "@/lib/domain/destination";
import { formatBytes } from "@/lib/domain/units";

type Destination = Overview["destinations"][number];

const nearlyFull = 0.9;

/** The room there is, destination by destination. */
export function DestinationsCard({ overview }: { overview: Overview }) {
  return (
    <Card title="Destinations" aside="Capacity">
      {overview.destinations.length === 0 ? (
        <EmptyState>Add a place for copies. One local and one remote is the minimum we call protected.</EmptyState>
      ) : (
        <ul className="px-4 pt-2 pb-3">
          {overview.destinations.map((destination) => (
            <DestinationRow key={`${destination.slot}-${destination.place}`} destination={destination} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function DestinationRow({ destination }: { destination: Destination }) {
  const { slot, place, totalBytes, freeBytes } = destination;
  const Icon = slot === "local" ? HardDrive : Cloud;
  const usedRatio = totalBytes && freeBytes !== null ? 1 - freeBytes / totalBytes : null;
  const isNearlyFull = usedRatio !== null && usedRatio >= nearlyFull;
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_56px_auto] items-center gap-2.5 py-[5px] text-table leading-[17px]">
      <Icon className="size-4 text-fg3" strokeWidth={1.75} aria-hidden />
      <span className="grid min-w-0 font-medium">
        {slotLabel[slot]}
        <span className="truncate font-mono text-axis font-normal text-fg3" title={place}>
          {place}
        </span>
      </span>
      {usedRatio === null ? (
        <span />
      ) : (
        <ProgressBar ratio={usedRatio} label={`${slotLabel[slot]} used`} tone={isNearlyFull ? "warning" : "neutral"} />
      )}
      <span
        className={`min-w-24 text-right text-meta whitespace-nowrap tabular-nums ${isNearlyFull ? "text-warn-text" : "text-fg3"}`}
      >
        {roomText(destination, isNearlyFull ? usedRatio : null)}
      </span>
    </li>
  );
}

function roomText({ freeBytes, ourBytes }: Destination, shownRatio: number | null): string {
  if (freeBytes === null) return `${formatBytes(ourBytes)}, no limit`;
  const free = `${formatBytes(freeBytes)} free`;
  return shownRatio === null ? free : `${formatPercent(shownRatio)}, ${free}`;
}
