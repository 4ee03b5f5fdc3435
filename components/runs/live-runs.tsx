"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useNow, useTimeZone } from "@/components/live/clock";
import { liveRunsQuery } from "@/components/shell/live-run-dot";
import { SegmentBand } from "@/components/ui/segment-band";
import { StatusBadge } from "@/components/ui/status-badge";
import { formatCount, formatPercent, formatSizeOf } from "@/lib/client/format-size";
import { formatClock } from "@/lib/client/format-time";
import { runQueries } from "@/lib/client/runs";
import type { RunDetail, RunSummary } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { formatDuration } from "@/lib/domain/units";
import { guestSegments } from "./guest-segments";
import { runStatusLook, runStatusText } from "./run-status";

/** The runs of this moment, above all others. */
export function LiveRuns() {
  const { data } = useInfiniteQuery(liveRunsQuery);
  const live = (data?.pages.flatMap((page) => page.items) ?? []).filter((run) => !isRunOver(run.status));
  if (live.length === 0) return null;
  return (
    <section aria-label="Running now">
      <ul className="grid gap-2">
        {live.map((run) => (
          <LiveRun key={run.id} summary={run} />
        ))}
      </ul>
    </section>
  );
}

/** Shows the whole run, because progress comes by its steps. */
function LiveRun({ summary }: { summary: RunSummary }) {
  const { data: run } = useQuery(runQueries.detail(summary.id));
  const { tone, shape } = runStatusLook[summary.status];
  const shown = run ?? summary;
  const ratio = shown.bytesTotal > 0 ? shown.bytesDone / shown.bytesTotal : 0;
  return (
    <li className="relative grid gap-2 rounded-card border border-line bg-surface px-4 py-3 shadow-hair hover:border-line2">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          href={`/runs/${summary.id}`}
          className="min-w-0 truncate text-body font-strong after:absolute after:inset-0"
          title={summary.policyName}
        >
          {summary.policyName} <span className="font-normal text-fg3 tabular-nums">#{summary.number}</span>
        </Link>
        <StatusBadge tone={tone} shape={shape}>
          {runStatusText(shown)}
        </StatusBadge>
        <LiveFacts run={shown} eta={run?.etaAt ?? null} />
      </div>
      {run && run.guests.length > 0 && <SegmentBand segments={guestSegments(run)} size="tall" />}
      {shown.bytesTotal > 0 && (
        <p className="flex flex-wrap justify-between gap-x-4 text-meta text-fg2 tabular-nums">
          <span>
            <b className="font-heading text-fg">{formatPercent(ratio)}</b> · {guestCountText(shown)}
          </span>
          <span>{formatSizeOf(shown.bytesDone, shown.bytesTotal)} moved</span>
        </p>
      )}
    </li>
  );
}

export function guestCountText(run: RunSummary | RunDetail): string {
  const { done, total, failed } = run.guestCounts;
  return `${done} of ${formatCount(total, "guest")} done${failed > 0 ? `, ${failed} failed` : ""}`;
}

function LiveFacts({ run, eta }: { run: RunSummary; eta: string | null }) {
  const now = useNow(1000);
  const timeZone = useTimeZone();
  if (!run.startedAt)
    return <span className="ml-auto text-meta text-fg3">{run.statusReason ?? "Waits for a worker"}</span>;
  return (
    <span className="ml-auto text-meta text-fg2 tabular-nums">
      {formatDuration(now - Date.parse(run.startedAt))} elapsed
      {eta && `, finishes about ${formatClock(Math.max(Date.parse(eta), now), timeZone)}`}
    </span>
  );
}
