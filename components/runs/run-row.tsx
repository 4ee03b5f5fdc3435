"use client";

import Link from "next/link";
import { useNow, useTimeZone } from "@/components/live/clock";
import { StateIcon } from "@/components/ui/state-icon";
import { toneText } from "@/components/ui/tone";
import { formatClock, formatFull, formatMoment } from "@/lib/client/format-time";
import type { RunSummary } from "@/lib/contracts/runs";
import { formatBytes, formatDuration } from "@/lib/domain/units";
import { listedAt, tookMs } from "./run-days";
import { runKindLabel, runStatusLook, runStatusText, triggerText } from "./run-status";

type RunRowProps = { run: RunSummary; usualMs: number | undefined };

/** One run that is over, or should have been: a link to it. On a phone two lines. */
export function RunRow({ run, usualMs }: RunRowProps) {
  const timeZone = useTimeZone();
  const { tone, shape } = runStatusLook[run.status];
  const at = listedAt(run);
  const { done, total } = run.guestCounts;
  return (
    <li className="relative border-b border-line/70 last:border-b-0 hover:bg-hover [content-visibility:auto] [contain-intrinsic-size:auto_41px]">
      <div className="grid min-h-10 grid-cols-[16px_minmax(0,1.4fr)_minmax(0,1.2fr)_76px_76px_156px_52px] items-center gap-x-3 px-4 py-1 text-table max-tablet:min-h-14 max-tablet:grid-cols-[16px_minmax(0,1fr)_auto]">
        <StateIcon shape={shape} tone={tone} label={runStatusLook[run.status].label} />
        <p className="truncate">
          <Link href={`/runs/${run.id}`} className="font-medium after:absolute after:inset-0" title={run.policyName}>
            {run.policyName} <span className="font-normal text-fg3 tabular-nums">#{run.number}</span>
          </Link>
          {run.kind !== "backup" && <span className="text-fg3"> · {runKindLabel[run.kind]}</span>}
        </p>
        <p
          className="truncate text-fg2 max-tablet:col-start-2 max-tablet:row-start-2 max-tablet:text-meta"
          title={run.statusReason ?? ""}
        >
          <StatusLine run={run} />
        </p>
        <p className="text-right text-fg2 tabular-nums max-tablet:hidden">
          {run.status === "missed" ? "" : `${done} of ${total}`}
          <span className="sr-only"> guests</span>
        </p>
        <p className="text-right text-fg2 tabular-nums max-tablet:hidden">
          {run.bytesDone > 0 && formatBytes(run.bytesDone)}
        </p>
        <Took run={run} usualMs={usualMs} />
        <time
          dateTime={new Date(at).toISOString()}
          title={formatFull(at, timeZone)}
          className="text-right text-fg3 tabular-nums max-tablet:col-start-3 max-tablet:row-start-2 max-tablet:text-meta"
        >
          {formatClock(at, timeZone)}
        </time>
      </div>
    </li>
  );
}

/** What is to be said of how it ended; nothing beside who started it where all went well. */
function StatusLine({ run }: { run: RunSummary }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const tone = toneText[runStatusLook[run.status].tone];
  if (run.status === "succeeded") return triggerText(run);
  if (run.status === "missed") {
    const due = formatMoment(Date.parse(run.dueAt ?? run.queuedAt), now, timeZone);
    return (
      <>
        <span className={tone}>Did not start, due {due}.</span> {run.statusReason}
      </>
    );
  }
  if (run.status === "cancelled") return run.statusReason ?? runStatusText(run);
  return (
    <>
      <span className={tone}>{runStatusText(run)}.</span> {run.statusReason}
    </>
  );
}

/** How long it took, as a bar against what is usual for its policy. */
function Took({ run, usualMs }: RunRowProps) {
  const ms = tookMs(run);
  if (ms === null) return <span className="max-tablet:hidden" />;
  const words = formatDuration(ms);
  const title = usualMs === undefined ? undefined : `usual ${formatDuration(usualMs)}`;
  return (
    <p className="flex items-center justify-end gap-2 text-fg2 tabular-nums max-tablet:text-meta" title={title}>
      {usualMs !== undefined && (
        <span aria-hidden className="relative block h-1 w-14 rounded-full bg-track max-tablet:hidden">
          <span
            className={`absolute inset-y-0 left-0 rounded-full ${ms > usualMs * 1.5 ? "bg-warn" : "bg-fg/45"}`}
            style={{ width: `${Math.min(100, (ms / usualMs) * 50)}%` }}
          />
          <span className="absolute -inset-y-0.5 left-1/2 w-px bg-line2" />
        </span>
      )}
      {words}
      {title && <span className="sr-only">, {title}</span>}
    </p>
  );
}
