import type { RunDetail, RunGuest, StepView } from "@/lib/contracts/runs";
import type { Slot } from "@/lib/domain/destination";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

const tickSteps = [
  5 * secondMs,
  10 * secondMs,
  15 * secondMs,
  30 * secondMs,
  minuteMs,
  2 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  4 * hourMs,
  12 * hourMs,
  24 * hourMs,
];
const mostTicks = 5;

/** The stretch of time a run is drawn on, and where its axis has marks. Instants in ms since the epoch. */
export type Timeline = { startAt: number; endAt: number; tickMs: number; ticks: number[] };

/** From the run's start to its end: the real one, the expected one, or a little after now. */
export function timelineOf(run: RunDetail, now: number): Timeline {
  const startAt = Date.parse(run.startedAt ?? run.queuedAt);
  const expectedAt = run.etaAt ? Date.parse(run.etaAt) : now + (now - startAt) * 0.15;
  const lastAt = run.endedAt ? Date.parse(run.endedAt) : Math.max(expectedAt, now);
  const endAt = Math.max(lastAt, startAt + 20 * secondMs);
  const span = endAt - startAt;
  const tickMs = tickSteps.find((step) => span / step <= mostTicks) ?? 24 * hourMs;
  const ticks: number[] = [];
  for (let at = Math.ceil(startAt / tickMs) * tickMs; at <= endAt; at += tickMs) ticks.push(at);
  return { startAt, endAt, tickMs, ticks };
}

/** Where an instant lies on the timeline, 0 to 100. */
export function percentAt(timeline: Timeline, at: number): number {
  const ratio = (at - timeline.startAt) / (timeline.endAt - timeline.startAt);
  return Math.min(100, Math.max(0, ratio * 100));
}

export type Bar = {
  key: string;
  look: "done" | "running" | "failed" | "planned";
  leftPercent: number;
  widthPercent: number;
};

/** The strokes of one guest at one destination: its archive's making at Local, its copy and proof at a remote. */
export function barsOf(guest: RunGuest, slot: Slot, timeline: Timeline, now: number): Bar[] {
  return guest.steps
    .filter((step) => step.slot === slot && step.kind !== "prune" && step.startedAt !== null)
    .flatMap((step) => barsOfStep(step, timeline, now));
}

function barsOfStep(step: StepView, timeline: Timeline, now: number): Bar[] {
  const startAt = Date.parse(step.startedAt ?? "");
  const bar = (look: Bar["look"], fromAt: number, toAt: number): Bar => {
    const leftPercent = percentAt(timeline, fromAt);
    return { key: `${step.id}-${look}`, look, leftPercent, widthPercent: percentAt(timeline, toAt) - leftPercent };
  };
  const endAt = step.endedAt ? Date.parse(step.endedAt) : now;
  switch (step.status) {
    case "running": {
      const leftMs = remainingMs(step, now - startAt);
      return [bar("running", startAt, now), ...(leftMs > 0 ? [bar("planned", now, now + leftMs)] : [])];
    }
    case "failed":
      return [bar("failed", startAt, endAt)];
    case "succeeded":
      return [bar("done", startAt, endAt)];
    case "queued":
    case "waiting":
    case "skipped":
    case "cancelled":
      return step.endedAt ? [bar("planned", startAt, endAt)] : [];
    default:
      return step.status satisfies never;
  }
}

/** How long a running step still takes if it goes on as it did; 0 while nothing can be said. */
function remainingMs(step: StepView, elapsedMs: number): number {
  if (!step.bytesTotal || step.bytesDone <= 0 || elapsedMs < 2000) return 0;
  const doneRatio = Math.min(1, step.bytesDone / step.bytesTotal);
  return (elapsedMs / doneRatio) * (1 - doneRatio);
}

/** Marks too close to "now" to be read beside it are left out. */
export function readableTicks(timeline: Timeline, nowPercent: number | null): number[] {
  return timeline.ticks.filter((at) => {
    const percent = percentAt(timeline, at);
    return percent <= 97 && (nowPercent === null || Math.abs(percent - nowPercent) > 9);
  });
}
