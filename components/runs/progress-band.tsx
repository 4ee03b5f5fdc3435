"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNow, useTimeZone } from "@/components/live/clock";
import { SegmentBand } from "@/components/ui/segment-band";
import { StateIcon } from "@/components/ui/state-icon";
import { formatCount, formatPercent, formatSizeOf } from "@/lib/client/format-size";
import { formatClock, formatDistance } from "@/lib/client/format-time";
import { runQueries } from "@/lib/client/runs";
import type { RunDetail } from "@/lib/contracts/runs";
import { slotLabel } from "@/lib/domain/destination";
import { isRunOver, type RunGuestStatus } from "@/lib/domain/run";
import { formatBytes, formatRate } from "@/lib/domain/units";
import { guestSegments } from "./guest-segments";
import { type HeldProgress, holdProgress, isStalled } from "./held-progress";
import { guestStatusLook } from "./run-status";

/** How far a run is, when it will be done, and how each of its guests stands: one block per guest. */
export function ProgressBand({ run }: { run: RunDetail }) {
  const now = useNow(1000);
  const held = useHeldProgress(run, now);
  const percent = formatPercent(held.shownRatio);
  const end = useEndText(run, held, now);
  if (run.guests.length === 0) return <div />;
  return (
    <section aria-label="Progress">
      <div className="mb-[7px] flex items-baseline justify-between gap-4 tabular-nums max-tablet:grid max-tablet:gap-0.5">
        <p className="text-number font-heading">
          {percent}
          <span className="ml-[7px] text-table font-normal tracking-normal text-fg2">
            {formatSizeOf(held.bytesDone, held.bytesTotal)} moved
            <Rate run={run} />
            {held.grewBytes > 0 && ` · grew by ${formatBytes(held.grewBytes)}`}
          </span>
        </p>
        {end}
      </div>
      <div
        role="progressbar"
        aria-label={`${run.policyName}, percent of bytes moved`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(held.shownRatio * 100)}
        aria-valuetext={`${percent.replace(" %", " percent")}, ${formatCount(run.guestCounts.done, "guest")} done`}
      >
        <SegmentBand segments={guestSegments(run)} size="tall" />
      </div>
      <p className="mt-2 flex flex-wrap gap-x-[18px] gap-y-1 text-meta text-fg2 tabular-nums">
        <StatusCounts run={run} />
        <span className="ml-auto text-fg3 max-tablet:hidden">Each block is one guest, its width is its size</span>
      </p>
    </section>
  );
}

/** Kept per attempt: a retry begins to count anew. */
function useHeldProgress(run: RunDetail, now: number): HeldProgress {
  const [kept, setKept] = useState<{ attempt: number; held: HeldProgress } | null>(null);
  const before = kept?.attempt === run.attempt ? kept.held : undefined;
  const isSame = before && before.bytesDone === run.bytesDone && before.bytesTotal === run.bytesTotal;
  if (before && isSame) return before;
  const held = holdProgress(before, { bytesDone: run.bytesDone, bytesTotal: run.bytesTotal, at: now });
  setKept({ attempt: run.attempt, held });
  return held;
}

const shownStatuses = [
  "done",
  "running",
  "failed",
  "queued",
  "skipped",
  "cancelled",
] as const satisfies RunGuestStatus[];

function StatusCounts({ run }: { run: RunDetail }) {
  return shownStatuses
    .filter((status) => run.guestCounts[status] > 0)
    .map((status) => {
      const { label, tone, shape } = guestStatusLook[status];
      return (
        <span key={status} className="inline-flex items-center gap-1.5">
          <StateIcon shape={shape} tone={tone} size="small" />
          {run.guestCounts[status]} {label.toLowerCase()}
        </span>
      );
    });
}

function Rate({ run }: { run: RunDetail }) {
  const { data: rates } = useQuery(runQueries.rates(run.id));
  const total = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  if (isRunOver(run.status) || total === 0) return null;
  return <> · {formatRate(total)}</>;
}

const estimateFromRatio = 0.03;
const estimateFromMs = 120_000;

function useEndText(run: RunDetail, held: HeldProgress, now: number) {
  const timeZone = useTimeZone();
  if (run.status !== "running" || run.startedAt === null) return null;
  if (run.cancelRequestedAt !== null) return null;
  if (isStalled(held, now)) {
    return (
      <p className="text-table text-warn-text">
        No bytes moved for {formatDistance(now - held.movedAt)}
        {stalledPlaces(run)}
      </p>
    );
  }
  const isEarly = held.shownRatio < estimateFromRatio || now - Date.parse(run.startedAt) < estimateFromMs;
  if (isEarly || run.etaAt === null) return <p className="text-table text-fg2">Estimating when it finishes</p>;
  const about = formatClock(Math.max(Date.parse(run.etaAt), now), timeZone);
  return (
    <p className="text-table text-fg2">
      Finishes about <b className="text-number font-heading text-fg max-tablet:text-lead">{about}</b>
      {run.etaPlusMinusSeconds !== null && (
        <span className="text-fg3"> ± {formatDistance(run.etaPlusMinusSeconds * 1000)}</span>
      )}
    </p>
  );
}

function stalledPlaces(run: RunDetail): string {
  const slots = run.guests.flatMap(({ steps }) =>
    steps.filter((step) => step.status === "running").map(({ slot }) => slot),
  );
  const names = [...new Set(slots)].map((slot) => slotLabel[slot]);
  return names.length > 0 ? ` (${names.join(", ")})` : "";
}
