import type { LiveEvent } from "@/lib/contracts/events";
import type { RunDetail, RunGuest, RunSummary, StepView } from "@/lib/contracts/runs";
import { isRunOver, runGuestStatus, tallyRun } from "@/lib/domain/run";
import { isStepOver } from "@/lib/domain/step";

/** Takes a run's newer row over; an event that was late changes nothing. The sums stay those of the steps at hand. */
export function withSummary(detail: RunDetail, run: RunSummary): RunDetail {
  if (run.id !== detail.id || run.revision < detail.revision) return detail;
  const { guestCounts, bytesDone, bytesTotal, failedStepCount } = detail;
  const areSumsOurs = !isRunOver(run.status) && detail.guests.length > 0;
  const sums = areSumsOurs ? { guestCounts, bytesDone, bytesTotal, failedStepCount } : {};
  return { ...detail, ...run, ...sums };
}

/** Takes a step's newer row over and sums the run anew. */
export function withStep(detail: RunDetail, guestId: string, step: StepView): RunDetail {
  const guests = detail.guests.map((guest) => {
    if (guest.guestId !== guestId) return guest;
    const known = guest.steps.find(({ id }) => id === step.id);
    if (known && known.revision > step.revision) return guest;
    const steps = known ? guest.steps.map((old) => (old.id === step.id ? step : old)) : [...guest.steps, step];
    return { ...guest, steps, status: runGuestStatus(steps) };
  });
  return summed(detail, guests);
}

/** Whether a run has guests that the detail at hand does not know: it was asked for before it was planned. */
export function isMissingGuests(detail: RunDetail, event: LiveEvent): boolean {
  if (event.type === "step.changed") return !detail.guests.some(({ guestId }) => guestId === event.guestId);
  return event.type === "run.changed" && event.run.guestCounts.total > detail.guests.length;
}

type Progress = Extract<LiveEvent, { type: "run.progress" }>;

/** Moves running steps on. Bytes never go back within an attempt, and a step that is over stands. */
export function withProgress(detail: RunDetail, progress: Progress): RunDetail {
  const byId = new Map(progress.steps.map((step) => [step.id, step]));
  const guests = detail.guests.map((guest) => {
    if (!guest.steps.some((step) => byId.has(step.id))) return guest;
    const steps = guest.steps.map((step) => {
      const news = byId.get(step.id);
      if (!news || isStepOver(step.status)) return step;
      return { ...step, bytesDone: Math.max(step.bytesDone, news.bytesDone), bytesTotal: news.bytesTotal };
    });
    return { ...guest, steps };
  });
  return summed(detail, guests);
}

function summed(detail: RunDetail, guests: RunGuest[]): RunDetail {
  if (guests.every((guest, at) => guest === detail.guests[at])) return detail;
  const steps = guests.flatMap(({ guestId, steps }) => steps.map((step) => ({ ...step, guestId })));
  return { ...detail, guests, ...tallyRun(steps) };
}

/** The list with a run's newer row in its place; undefined when it is not in the list, so that it must be asked for. */
export function withRunInPages<Page extends { items: RunSummary[] }>(
  pages: readonly Page[],
  run: RunSummary,
): Page[] | undefined {
  if (!pages.some((page) => page.items.some(({ id }) => id === run.id))) return undefined;
  return pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === run.id && run.revision >= item.revision ? run : item)),
  }));
}
