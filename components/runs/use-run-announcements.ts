"use client";

import { useEffect, useRef } from "react";
import { announce } from "@/components/live/announcer";
import { formatCount, formatPercent } from "@/lib/client/format-size";
import type { RunDetail } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { formatDuration } from "@/lib/domain/units";
import { runStatusText } from "./run-status";

const titleEveryMs = 30_000;

/** Keeps the tab's title and the live region on what matters of a run: quarters, the first failure, the end. */
export function useRunAnnouncements(run: RunDetail | undefined): void {
  const before = useRef<RunDetail | undefined>(undefined);
  const titledAt = useRef(0);

  useEffect(() => {
    if (!run) return;
    const last = before.current;
    before.current = run;
    const hasEnded = last !== undefined && !isRunOver(last.status) && isRunOver(run.status);
    if (last?.status !== run.status || Date.now() - titledAt.current > titleEveryMs) {
      titledAt.current = Date.now();
      document.title = titleOf(run);
    }
    if (hasEnded) announce(endText(run));
    else if (last) announceStep(last, run);
  }, [run]);
}

function titleOf(run: RunDetail): string {
  if (run.status === "succeeded") return `✓ ${run.policyName} #${run.number} · Undercroft`;
  if (isRunOver(run.status)) return `✕ ${run.policyName} #${run.number} · Undercroft`;
  return `${run.policyName} #${run.number}, ${formatPercent(ratioOf(run))} · Undercroft`;
}

function announceStep(last: RunDetail, run: RunDetail): void {
  const quarter = (of: RunDetail) => Math.floor(ratioOf(of) * 4);
  if (last.status === "queued" && run.status === "running") announce(`${run.policyName} started`);
  else if (last.failedStepCount === 0 && run.failedStepCount > 0) announce(`First failure in ${run.policyName}`);
  else if (quarter(run) > quarter(last) && quarter(run) < 4) announce(`${run.policyName} ${quarter(run) * 25} percent`);
}

function endText(run: RunDetail): string {
  const took = run.startedAt && run.endedAt ? formatDuration(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : "";
  const failures = run.failedStepCount > 0 ? ` with ${formatCount(run.failedStepCount, "failure")}` : "";
  if (run.status === "cancelled") return `${run.policyName} was cancelled`;
  return `${run.policyName} ${failures ? `finished${failures}` : runStatusText(run).toLowerCase()}, ${took}`;
}

const ratioOf = (run: RunDetail) => (run.bytesTotal > 0 ? run.bytesDone / run.bytesTotal : 0);
