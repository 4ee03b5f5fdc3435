"use client";

import { useMutation } from "@tanstack/react-query";
import { useNow, useTimeZone } from "@/components/live/clock";
import { useHasRole } from "@/components/shell/role";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { StateIcon } from "@/components/ui/state-icon";
import { toastDone } from "@/components/ui/toast";
import { formatSizeOf } from "@/lib/client/format-size";
import { formatClock, formatClockSeconds } from "@/lib/client/format-time";
import { retryRun } from "@/lib/client/runs";
import type { RunDetail, RunGuest, StepView } from "@/lib/contracts/runs";
import { guestLabel } from "@/lib/domain/guest";
import { isRunOver } from "@/lib/domain/run";
import { formatBytes, formatDuration, formatRate } from "@/lib/domain/units";
import { stepName, stepStatusLook } from "./run-status";
import { useLogPlace } from "./use-log-place";

/** What went wrong with a guest, what is still safe, and what can be done. */
export function GuestFaults({ guest, run }: { guest: RunGuest; run: RunDetail }) {
  return guest.steps
    .filter((step) => step.fault !== null && (step.status === "failed" || step.status === "queued"))
    .map((step) => <StepFault key={step.id} step={step} guest={guest} run={run} />);
}

/** Every step a guest takes, each with its time and what it found. */
export function GuestSteps({ guest }: { guest: RunGuest }) {
  return (
    <ol className="my-1 grid rounded-[9px] border border-line bg-surface px-3 py-1.5">
      {guest.steps.map((step) => (
        <StepLine key={step.id} step={step} />
      ))}
    </ol>
  );
}

function StepFault({ step, guest, run }: { step: StepView; guest: RunGuest; run: RunDetail }) {
  const timeZone = useTimeZone();
  const mayRun = useHasRole("operator");
  const { showStep } = useLogPlace();
  const retry = useMutation({
    mutationFn: () => retryRun(run.id, [step.id]),
    onSuccess: () => toastDone(`Retrying ${stepName(step).toLowerCase()} of ${guestLabel(guest)}`),
    onError: (error) => tellFailure("Nothing was retried", error),
  });
  if (!step.fault) return null;
  const { cause, safe, action } = step.fault;
  const isAgain = step.status === "queued";
  const head = `${stepName(step)} failed${step.tries > 1 ? `, try ${step.tries}` : ""}.`;
  const nextTry = isAgain && step.notBefore ? ` Next try at ${formatClock(Date.parse(step.notBefore), timeZone)}.` : "";
  return (
    <div
      className={`my-1 grid gap-[9px] rounded-[9px] px-3 py-2.5 text-meta ${isAgain ? "bg-warn-panel" : "bg-fail-panel"}`}
    >
      <p className="line-clamp-8 wrap-anywhere">
        <b className="font-heading">{head}</b> {asSentence(cause)} {safe}
        {nextTry}
      </p>
      <div className="flex flex-wrap items-center gap-1.5">
        {mayRun && isRunOver(run.status) && step.status === "failed" && (
          <Button size="small" onClick={() => retry.mutate()} isBusy={retry.isPending}>
            Retry now
          </Button>
        )}
        <Button size="small" onClick={() => showStep(step.id)}>
          Show in log
        </Button>
        {action && <span className="text-fg2">To do: {action}</span>}
      </div>
    </div>
  );
}

/** A program's own words end as they like. */
const asSentence = (text: string) => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function StepLine({ step }: { step: StepView }) {
  const timeZone = useTimeZone();
  const now = useNow(1000);
  const { showStep } = useLogPlace();
  const { label, tone, shape } = stepStatusLook[step.status];
  const tookMs = step.startedAt ? (step.endedAt ? Date.parse(step.endedAt) : now) - Date.parse(step.startedAt) : null;
  return (
    <li className="grid min-h-6 grid-cols-[14px_minmax(0,1.3fr)_60px_76px_minmax(0,1.5fr)_auto] items-center gap-x-2 text-axis tabular-nums max-tablet:min-h-11 max-tablet:grid-cols-[14px_minmax(0,1fr)_auto_auto]">
      <StateIcon shape={shape} tone={tone} size="small" label={label} />
      <span className="truncate text-meta">
        {stepName(step)}
        {step.tries > 1 && <span className="text-fg3"> · try {step.tries}</span>}
      </span>
      <span className="text-fg3 max-tablet:hidden">
        {step.startedAt && formatClockSeconds(Date.parse(step.startedAt), timeZone)}
      </span>
      <span className="text-right text-fg2">{tookMs !== null ? formatDuration(tookMs) : label}</span>
      <span className="truncate text-fg3 max-tablet:hidden" title={outcomeText(step)}>
        {outcomeText(step) || bytesText(step, tookMs)}
      </span>
      <button
        type="button"
        onClick={() => showStep(step.id)}
        className="min-h-6 rounded-[4px] px-1 text-fg2 hover:text-accent hover:underline max-tablet:min-h-11"
        aria-label={`Show ${stepName(step)} in the log`}
      >
        Log
      </button>
    </li>
  );
}

function bytesText(step: StepView, tookMs: number | null): string {
  if (step.bytesDone === 0) return "";
  const moved =
    step.bytesTotal && step.status === "running"
      ? formatSizeOf(step.bytesDone, step.bytesTotal)
      : formatBytes(step.bytesDone);
  const rate = tookMs !== null && tookMs > 1000 ? `, ${formatRate(step.bytesDone / (tookMs / 1000))}` : "";
  return moved + rate;
}

/** What a finished step found, literally: which check was made, what was kept and removed. */
function outcomeText(step: StepView): string {
  if (step.status === "skipped" || step.status === "cancelled") return step.fault?.cause ?? "";
  switch (step.outcome?.kind) {
    case "sealed":
      return step.outcome.evidence;
    case "verified":
      return `${step.outcome.proof}, ${step.outcome.evidence}`;
    case "pruned": {
      const { removed, held, keptCount } = step.outcome;
      return `kept ${keptCount}, removed ${removed.length}${held.length > 0 ? `, held ${held.length}` : ""}`;
    }
    case "copied":
      return step.outcome.wasThere ? "was there already" : "";
    case "made":
    case undefined:
      return "";
    default:
      return step.outcome satisfies never;
  }
}
