"use client";

import { useNow, useTimeZone } from "@/components/live/clock";
import { Breadcrumb } from "@/components/ui/breadcrumb";
import { StatusBadge } from "@/components/ui/status-badge";
import { formatCount } from "@/lib/client/format-size";
import { formatFull, formatMoment } from "@/lib/client/format-time";
import type { RunDetail } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { formatDuration } from "@/lib/domain/units";
import { RunActions } from "./run-actions";
import { runStatusLook, runStatusText, triggerText } from "./run-status";

/** Which run, how it stands, its facts in one line, and what can be done with it. */
export function RunHeader({ run }: { run: RunDetail }) {
  const { tone, shape } = runStatusLook[run.status];
  return (
    <header className="flex items-end justify-between gap-6 max-tablet:block">
      <div className="min-w-0">
        <Breadcrumb crumbs={[{ label: "Runs", href: "/runs" }, { label: run.policyName }]} />
        <h1 className="flex min-w-0 flex-wrap items-center gap-x-2 text-title font-heading">
          <span className="max-w-[32ch] min-w-0 truncate" title={run.policyName}>
            {run.policyName}
          </span>
          <span className="font-normal text-fg3 tabular-nums">#{run.number}</span>
          <StatusBadge tone={tone} shape={shape}>
            {runStatusText(run)}
          </StatusBadge>
        </h1>
        <p className="text-table text-fg2 tabular-nums">
          <RunFacts run={run} />
        </p>
        {run.statusReason && run.status !== "running" && (
          <p className="mt-1 line-clamp-3 max-w-[96ch] text-table wrap-anywhere" title={run.statusReason}>
            {run.statusReason}
          </p>
        )}
      </div>
      <RunActions run={run} />
    </header>
  );
}

function RunFacts({ run }: { run: RunDetail }) {
  const now = useNow(1000);
  const timeZone = useTimeZone();
  const facts = [startText(run, now, timeZone), spanText(run, now), scopeText(run)];
  const startedAt = run.startedAt ?? run.dueAt ?? run.queuedAt;
  return <span title={formatFull(Date.parse(startedAt), timeZone)}>{facts.filter(Boolean).join(" · ")}</span>;
}

function startText(run: RunDetail, now: number, timeZone: string): string {
  const trigger = triggerText(run);
  const moment = (at: string) => formatMoment(Date.parse(at), now, timeZone);
  if (run.status === "missed") return `${trigger}, due ${moment(run.dueAt ?? run.queuedAt)}`;
  if (!run.startedAt) return `${trigger}, queued ${moment(run.queuedAt)}`;
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : "";
  return `${trigger}, started ${moment(run.startedAt)}${attempt}`;
}

function spanText(run: RunDetail, now: number): string {
  if (!run.startedAt) return "";
  const startedAt = Date.parse(run.startedAt);
  if (!isRunOver(run.status)) return `${formatDuration(now - startedAt)} elapsed`;
  if (!run.endedAt) return "";
  const usual = run.usualDurationMs === null ? "" : ` (usual ${formatDuration(run.usualDurationMs)})`;
  return `took ${formatDuration(Date.parse(run.endedAt) - startedAt)}${usual}`;
}

function scopeText(run: RunDetail): string {
  if (run.guests.length === 0) return "";
  const guests = formatCount(run.guestCounts.total, "guest");
  return `${guests} to ${formatCount(run.destinations.length, "destination")}`;
}
