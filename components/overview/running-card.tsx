"use client";

import { useNow, useTimeZone } from "@/components/live/clock";
import { guestSegments, movedRatio } from "@/components/runs/guest-segments";
import { guestWords } from "@/components/runs/guest-words";
import { guestCountText } from "@/components/runs/live-runs";
import { runStatusLook, runStatusText } from "@/components/runs/run-status";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ProgressBar } from "@/components/ui/progress-bar";
import { SegmentBand } from "@/components/ui/segment-band";
import { StatusBadge } from "@/components/ui/status-badge";
import { TextLink } from "@/components/ui/text-link";
import { formatPercent, formatSizeOf } from "@/lib/client/format-size";
import { formatClock, formatRelative } from "@/lib/client/format-time";
import type { Overview } from "@/lib/contracts/overview";
import type { RunDetail, RunSummary } from "@/lib/contracts/runs";
import { guestLabel } from "@/lib/domain/guest";
import { formatBytes, formatDuration } from "@/lib/domain/units";

/** The run of this moment; when nothing runs, the last one against its usual length. */
export function RunningCard({ overview }: { overview: Overview }) {
  if (overview.live) return <LiveRunCard run={overview.live} />;
  if (overview.lastRun) return <LastRunCard run={overview.lastRun} usualMs={overview.lastRunUsualMs} />;
  return (
    <Card title="Last run">
      <EmptyState>Nothing ran yet.</EmptyState>
    </Card>
  );
}

const shownGuests = 3;

function LiveRunCard({ run }: { run: RunDetail }) {
  const timeZone = useTimeZone();
  const now = useNow();
  const ratio = run.bytesTotal > 0 ? run.bytesDone / run.bytesTotal : 0;
  const running = run.guests.filter((guest) => guest.status === "running");
  return (
    <Card
      title={run.status === "queued" ? "Queued" : "Running now"}
      badge={
        <StatusBadge tone={runStatusLook[run.status].tone} shape={runStatusLook[run.status].shape}>
          {run.policyName}
        </StatusBadge>
      }
      aside={<TextLink href={`/runs/${run.id}`}>Open live view</TextLink>}
    >
      <div className="px-4 pt-2.5 pb-3.5">
        <p className="mb-[9px] text-title leading-8 font-heading tabular-nums">
          {formatPercent(ratio)}{" "}
          <span className="text-[13.5px] font-normal tracking-normal text-fg2">
            {run.etaAt ? (
              <>
                finishes about{" "}
                <b className="font-strong text-fg">{formatClock(Math.max(Date.parse(run.etaAt), now), timeZone)}</b>
              </>
            ) : (
              "estimating when it finishes"
            )}
          </span>
        </p>
        <SegmentBand segments={guestSegments(run)} />
        <p className="mt-2 flex flex-wrap justify-between gap-x-3.5 text-meta text-fg2 tabular-nums">
          <span>{guestCountText(run)}</span>
          <span>{formatSizeOf(run.bytesDone, run.bytesTotal)} moved</span>
        </p>
        {running.length > 0 && (
          <ul className="mt-2.5 grid gap-[3px] border-t border-line pt-2">
            {running.slice(0, shownGuests).map((guest) => (
              <li
                key={guest.guestId}
                className="grid grid-cols-[minmax(0,1fr)_112px_88px_36px] items-center gap-2.5 text-meta tabular-nums max-tablet:grid-cols-[minmax(0,1fr)_104px_48px_36px]"
              >
                <span className="truncate" title={guestLabel(guest)}>
                  {guestLabel(guest)}
                </span>
                <span className="truncate text-fg3">{guestWords(guest, timeZone).replace(/ \d+ %$/, "")}</span>
                <ProgressBar ratio={movedRatio(guest)} label={guestLabel(guest)} />
                <span className="text-right">{formatPercent(movedRatio(guest))}</span>
              </li>
            ))}
            {running.length > shownGuests && (
              <li className="text-meta text-fg3">and {running.length - shownGuests} more</li>
            )}
          </ul>
        )}
      </div>
    </Card>
  );
}

function LastRunCard({ run, usualMs }: { run: RunSummary; usualMs: number | null }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const { tone, shape } = runStatusLook[run.status];
  const tookMs = run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : null;
  const at = Date.parse(run.endedAt ?? run.dueAt ?? run.queuedAt);
  return (
    <Card
      title="Last run"
      badge={
        <StatusBadge tone={tone} shape={shape}>
          {runStatusText(run)}
        </StatusBadge>
      }
      aside={<TextLink href={`/runs/${run.id}`}>Open run</TextLink>}
    >
      <div className="grid gap-2 px-4 pt-2.5 pb-3.5">
        <p className="text-title leading-8 font-heading tabular-nums">
          {tookMs === null ? "Did not start" : formatDuration(tookMs)}
          {usualMs !== null && tookMs !== null && (
            <span className="text-[13.5px] font-normal tracking-normal text-fg2"> usual {formatDuration(usualMs)}</span>
          )}
        </p>
        <p className="flex flex-wrap justify-between gap-x-3.5 text-meta text-fg2 tabular-nums">
          <span className="min-w-0 truncate">
            {run.policyName} #{run.number}, {formatRelative(at, now, timeZone)}
          </span>
          {run.bytesDone > 0 && <span>{formatBytes(run.bytesDone)} moved</span>}
        </p>
        {run.guestCounts.total > 0 && (
          <p className="text-meta text-fg2 tabular-nums">
            {run.guestCounts.done} of {run.guestCounts.total} guests
            {run.guestCounts.failed > 0 && <span className="text-fail-text">, {run.guestCounts.failed} failed</span>}
          </p>
        )}
        {run.statusReason && (
          <p className="line-clamp-3 text-meta wrap-anywhere text-fg2" title={run.statusReason}>
            {run.statusReason}
          </p>
        )}
      </div>
    </Card>
  );
}
