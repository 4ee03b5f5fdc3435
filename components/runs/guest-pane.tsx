"use client";

import { ChartNoAxesGantt } from "lucide-react";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useShortcuts } from "@/components/shell/shortcuts";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Segmented } from "@/components/ui/segmented";
import type { RunDetail } from "@/lib/contracts/runs";
import { slotLabel } from "@/lib/domain/destination";
import { GuestTable } from "./guest-table";
import { GuestTimeline } from "./guest-timeline";

const views = ["timeline", "table"] as const;

/** The guests of a run, as strokes in time or as a table of the same facts. */
export function GuestPane({ run }: { run: RunDetail }) {
  const [view, setView] = useQueryState("view", parseAsStringLiteral(views).withDefault("timeline"));
  useShortcuts({ v: () => void setView(view === "timeline" ? "table" : "timeline") });
  return (
    <Card
      isPane
      title="Guests"
      badge={
        <Segmented
          label="View"
          options={[
            { value: "timeline", label: "Timeline" },
            { value: "table", label: "Table" },
          ]}
          value={view}
          onChange={(next) => void setView(next)}
        />
      }
      aside={
        view === "timeline" && run.guests.length > 0 ? (
          <span className="inline-flex items-center gap-[7px] text-axis max-tablet:hidden">
            <ChartNoAxesGantt className="size-3.5" aria-hidden />
            {["Local", ...remoteNames(run)].join(", ")}
          </span>
        ) : undefined
      }
    >
      {run.guests.length === 0 && <NoGuests run={run} />}
      {run.guests.length > 0 && (view === "table" ? <GuestTable run={run} /> : <GuestTimeline run={run} />)}
    </Card>
  );
}

const remoteNames = (run: RunDetail) =>
  run.destinations.filter(({ slot }) => slot !== "local").map(({ slot }) => slotLabel[slot]);

function NoGuests({ run }: { run: RunDetail }) {
  switch (run.status) {
    case "queued":
      return <EmptyState>The guests of this run are being listed.</EmptyState>;
    case "missed":
      return <EmptyState>{run.statusReason ?? "This run did not start."} Earlier copies are not affected.</EmptyState>;
    default:
      return <EmptyState>This run had no guests.</EmptyState>;
  }
}
