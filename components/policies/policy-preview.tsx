"use client";

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useNow } from "@/components/live/clock";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ProblemError } from "@/lib/client/api";
import { formatDistance } from "@/lib/client/format-time";
import { previewQueries } from "@/lib/client/previews";
import type { SchedulePreview } from "@/lib/contracts/previews";
import { selectGuests } from "@/lib/domain/guest";
import { KeepPreview } from "./keep-preview";
import { bodyOf, selectionOf } from "./policy-draft";
import { usePolicyForm } from "./policy-form-state";
import { expressionOf } from "./schedule-choice";
import { useSettled } from "./use-settled";

const PolicySentence = lazy(() => import("./policy-sentence").then((module) => ({ default: module.PolicySentence })));

/** What saving would mean: the policy in a sentence, its next runs, and what its rules keep of real points. */
export function PolicyPreview() {
  return (
    <div className="grid gap-4">
      <Card title="In words">
        <Sentence />
      </Card>
      <Card title="Next 10 runs">
        <NextRuns />
      </Card>
      <Card title="Kept points">
        <KeepPreview />
      </Card>
    </div>
  );
}

function useSchedulePreview() {
  const { draft } = usePolicyForm();
  const body = useSettled({ expression: expressionOf(draft.schedule), timeZone: draft.timeZone }, 250);
  return useQuery(previewQueries.schedule(body));
}

function Sentence() {
  const { draft, guests } = usePolicyForm();
  const guestCount = selectGuests(selectionOf(draft), guests).length;
  return (
    <div className="min-h-20 px-4 pt-1.5 pb-3.5">
      <Suspense fallback={null}>
        <PolicySentence body={bodyOf(draft)} guestCount={guestCount} />
      </Suspense>
    </div>
  );
}

function NextRuns() {
  const { data, error, isPending } = useSchedulePreview();
  if (error) return <ScheduleProblem error={error} />;
  if (isPending) return <SkeletonRows count={5} height={12} label="Loading the next runs" />;
  if (data.events.length === 0)
    return <p className="px-4 pt-1.5 pb-3.5 text-table text-warn-text">This schedule never comes.</p>;
  return (
    <ol className="px-4 pt-1.5 pb-3">
      {data.events.map((event) => (
        <NextRun key={event.at} event={event} />
      ))}
    </ol>
  );
}

function ScheduleProblem({ error }: { error: Error }) {
  const words =
    error instanceof ProblemError
      ? (error.fields.expression ?? error.fields.timeZone ?? error.problem.cause)
      : error.message;
  return (
    <p role="alert" className="px-4 pt-1.5 pb-3.5 text-table wrap-anywhere text-fail-text">
      {words}
    </p>
  );
}

function NextRun({ event }: { event: SchedulePreview["events"][number] }) {
  const now = useNow();
  const [day = "", clock = ""] = event.localTime.split(" ");
  return (
    <li
      className={`grid grid-cols-[110px_1fr_auto] items-baseline gap-2 text-table leading-7 tabular-nums ${event.shift ? "-mx-2 my-0.5 rounded-chip bg-warn-tint px-2" : ""}`}
    >
      <span className="text-fg2">{dayWords(day)}</span>
      <time dateTime={event.at} className="font-medium">
        {clock}
        {event.shift && (
          <span className="block pb-1 text-meta leading-4 font-normal text-warn-text">because {event.shift}</span>
        )}
      </time>
      <span className="text-fg3">in {formatDistance(Math.max(0, Date.parse(event.at) - now))}</span>
    </li>
  );
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** "Thu 19 Nov" of "2026-11-19", which is a day there and no instant here. */
function dayWords(day: string): string {
  const parts = Object.fromEntries(
    dayFormat.formatToParts(Date.parse(`${day}T12:00:00Z`)).map((part) => [part.type, part.value]),
  );
  return `${parts.weekday} ${parts.day} ${(parts.month ?? "").slice(0, 3)}`;
}

/** On a phone the preview is one line that opens. */
export function PhonePreview() {
  const { draft } = usePolicyForm();
  const now = useNow();
  const { data } = useSchedulePreview();
  const [next] = data?.events ?? [];
  const keeps = draft.slots.primary.isOn ? draft.slots.primary.rules.keepLast : draft.slots.local.rules.keepLast;
  return (
    <details className="sticky top-15 z-10 rounded-card border border-line bg-raised shadow-hair tablet:hidden">
      <summary className="flex min-h-11 items-center justify-between gap-3 px-4 text-table">
        <span className="font-medium">Preview</span>
        <span className="text-fg2 tabular-nums">
          {next ? `Next in ${formatDistance(Math.max(0, Date.parse(next.at) - now))}` : "No next run"}, keeps {keeps}
        </span>
      </summary>
      <div className="max-h-[60dvh] overflow-y-auto p-3">
        <PolicyPreview />
      </div>
    </details>
  );
}
