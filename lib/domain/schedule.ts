import { type CalendarEvent, parseCalendarEvent } from "./calendar-event";
import { nextCalendarEvent } from "./calendar-next";
import { isCronExpression, nextCronEvent, parseCron } from "./cron";
import { instantsShowing, wallClockMs, wallClockText } from "./zoned-time";

/** Either grammar a policy's "when" may be written in. Both are computed in the policy's zone. */
export type Schedule =
  | { kind: "calendar"; expression: string; event: CalendarEvent }
  | { kind: "cron"; expression: string };

/**
 * Reads a Proxmox calendar event ("mon..fri 21:00") or, where there are five blank-separated fields, a cron expression
 * ("0 2 * * *"). Throws AppError invalid_input whose message is the parser's own, fit to be shown beside the field.
 * A schedule may be valid and yet never come ("02-30"): then nextEvents is empty.
 */
export function parseSchedule(expression: string): Schedule {
  if (isCronExpression(expression)) {
    parseCron(expression, 0, "UTC");
    return { kind: "cron", expression: expression.trim() };
  }
  return { kind: "calendar", expression: expression.trim(), event: parseCalendarEvent(expression) };
}

/** The first `count` events strictly after an instant, oldest first; fewer, or none, when there are no more. */
export function nextEvents(
  schedule: Schedule | string,
  { after, timeZone, count }: { after: Date; timeZone: string; count: number },
): Date[] {
  const next = eventsOf(schedule, timeZone);
  const events: Date[] = [];
  let reached = next(Math.floor(after.getTime() / 1000));
  while (reached !== undefined && events.length < count) {
    events.push(new Date(reached * 1000));
    reached = next(reached);
  }
  return events;
}

/** The last `count` events strictly before an instant, newest first. */
export function previousEvents(
  schedule: Schedule | string,
  { before, timeZone, count }: { before: Date; timeZone: string; count: number },
): Date[] {
  const next = eventsOf(schedule, timeZone);
  const events: Date[] = [];
  let reached = lastBefore(next, Math.ceil(before.getTime() / 1000));
  while (reached !== undefined && events.length < count) {
    events.push(new Date(reached * 1000));
    reached = lastBefore(next, reached);
  }
  return events;
}

/** The events after `from` and up to and including `to`, oldest first: the first `limit` of them. */
export function eventsBetween(
  schedule: Schedule | string,
  { from, to, timeZone, limit }: { from: Date; to: Date; timeZone: string; limit: number },
): Date[] {
  const next = eventsOf(schedule, timeZone);
  const events: Date[] = [];
  let reached = next(Math.floor(from.getTime() / 1000));
  while (reached !== undefined && reached * 1000 <= to.getTime() && events.length < limit) {
    events.push(new Date(reached * 1000));
    reached = next(reached);
  }
  return events;
}

const hourSeconds = 3600;
const sampledEvents = 24;
const sampledHours = 8 * 24;

/**
 * The longest wait between two events in the ordinary course of the schedule: three days for "mon..fri 02:00", so that a
 * target made from it does not run out every Sunday. Computed in UTC, so that clock changes do not move it. Null for a
 * schedule with fewer than two events after `from`.
 */
export function scheduleIntervalMs(schedule: Schedule | string, from: Date): number | null {
  const next = eventsOf(schedule, "UTC");
  const fromSeconds = Math.floor(from.getTime() / 1000);
  const first = next(fromSeconds);
  let longest = 0;
  let reached = first;
  for (let index = 0; index < sampledEvents && reached !== undefined; index += 1) {
    const following = next(reached);
    longest = Math.max(longest, (following ?? reached) - reached);
    reached = following;
  }
  if (first === undefined || longest === 0) return null;

  // Schedules of many events a day hide their nights and weekends behind the first few: look into every hour of a week.
  for (let hour = 0; hour < sampledHours && longest < 24 * hourSeconds; hour += 1) {
    const asked = first + hour * hourSeconds;
    const end = next(asked);
    if (end !== undefined && end - asked > longest - hourSeconds)
      longest = Math.max(longest, end - startOfWait(next, end));
  }
  return longest * 1000;
}

const startOfWait = (next: NextEvent, end: number) => lastBefore(next, end) ?? end;

export type EventPreview = {
  at: Date;
  /** In the schedule's zone: "2027-03-28 03:30". */
  localTime: string;
  /** What clocks did to this event, or to one before it that is left out; null on ordinary days. */
  shift: string | null;
};

/** The next events with their local time, and a word on each night the clocks change. */
export function describeNextEvents(
  schedule: Schedule | string,
  { after, timeZone, count }: { after: Date; timeZone: string; count: number },
): EventPreview[] {
  const parsed = typeof schedule === "string" ? parseSchedule(schedule) : schedule;
  const isUtc = parsed.kind === "calendar" && parsed.event.isUtc;
  let previous = after;
  return nextEvents(parsed, { after, timeZone, count }).map((at) => {
    const wallMs = wallClockMs(at.getTime(), timeZone);
    const shift = isUtc
      ? null
      : (repeatedTime(at, wallMs, timeZone) ?? missingTime(parsed, previous, wallMs, timeZone));
    previous = at;
    return { at, localTime: wallClockText(wallMs, wallMs % 60_000 === 0 ? "minute" : "second"), shift };
  });
}

function repeatedTime(at: Date, wallMs: number, timeZone: string): string | null {
  const readings = instantsShowing(wallMs, timeZone);
  if (readings.length < 2) return null;
  const which = readings[0] === at.getTime() ? "first" : "second";
  return `${timeOfDay(wallMs)} occurs twice that night, this is the ${which}`;
}

/** On clocks that never change the schedule may name a time between two events that these clocks jump over. */
function missingTime(schedule: Schedule, previous: Date, wallMs: number, timeZone: string): string | null {
  const from = new Date(wallClockMs(previous.getTime(), timeZone));
  const wanted = eventsBetween(schedule, { from, to: new Date(wallMs), timeZone: "UTC", limit: 5000 });
  const missing = wanted.find((time) => instantsShowing(time.getTime(), timeZone).length === 0);
  if (!missing) return null;
  const [missingDay, day] = [missing.getTime(), wallMs].map((ms) => wallClockText(ms).slice(0, 10));
  const time = timeOfDay(missing.getTime());
  return missingDay === day
    ? `${time} does not exist that night`
    : `${time} does not exist on ${missingDay}, so that one is left out`;
}

const timeOfDay = (wallMs: number) => wallClockText(wallMs, "minute").slice(11);

type NextEvent = (afterSeconds: number) => number | undefined;

function eventsOf(schedule: Schedule | string, timeZone: string): NextEvent {
  const parsed = typeof schedule === "string" ? parseSchedule(schedule) : schedule;
  if (parsed.kind === "cron") return (afterSeconds) => nextCronEvent(parsed.expression, afterSeconds, timeZone);
  return (afterSeconds) => nextStrictlyAfter(parsed.event, afterSeconds, timeZone);
}

/**
 * In the hour that comes twice Proxmox's answer can lie before the question (calendar-next.ts). Asking again minute by
 * minute finds the first one after that hour, where Proxmox itself goes on.
 */
function nextStrictlyAfter(event: CalendarEvent, afterSeconds: number, timeZone: string): number | undefined {
  let askedFrom = afterSeconds;
  let next = nextCalendarEvent(event, askedFrom, timeZone);
  while (next !== undefined && next <= afterSeconds) {
    askedFrom += 60;
    next = nextCalendarEvent(event, askedFrom, timeZone);
  }
  return next;
}

const farthestBackSeconds = 400 * 366 * 24 * hourSeconds;

/** Widens the search until an event comes into it, then halves it down to the last one before. */
function lastBefore(next: NextEvent, beforeSeconds: number): number | undefined {
  let found: number | undefined;
  for (let width = 60; found === undefined && width < farthestBackSeconds; width *= 4) {
    const candidate = next(beforeSeconds - width);
    if (candidate !== undefined && candidate < beforeSeconds) found = candidate;
  }
  if (found === undefined) return undefined;
  let noneAfter = beforeSeconds;
  while (found < noneAfter) {
    const middle = Math.floor((found + noneAfter) / 2);
    const candidate = next(middle);
    if (candidate !== undefined && candidate < beforeSeconds) found = candidate;
    else noneAfter = middle;
  }
  return found;
}
