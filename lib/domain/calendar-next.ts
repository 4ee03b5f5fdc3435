import type { CalendarEvent, CalendarValue } from "./calendar-event";
import { wallClockMs } from "./zoned-time";

/** As many corrections as proxmox-time makes before it says that there is no event. */
const maxCorrections = 1001;
/** As many guesses as glibc's mktime makes. */
const maxGuesses = 7;

/**
 * The first event after `afterSeconds` (epoch seconds); undefined when there is none. Follows proxmox-time's
 * compute_next_event step by step, so that the nights on which clocks change come out as in Proxmox: an event in the gap
 * is left out that night, and in the hour that comes twice the answer is the reading libc's mktime finds first, which west
 * of Greenwich can lie before `afterSeconds`.
 * Throws AppError invalid_input for an unknown zone.
 */
export function nextCalendarEvent(event: CalendarEvent, afterSeconds: number, timeZone: string): number | undefined {
  const clock = localClock(afterSeconds + 1, event.isUtc ? "UTC" : timeZone);
  for (let correction = 0; correction < maxCorrections; correction += 1) {
    const move = nextMove(event, clock.fields());
    if (move === "none") return undefined;
    if (move === "matches") return clock.toEpochSeconds();
    clock.set(move);
  }
  return undefined;
}

type Fields = { year: number; month: number; day: number; hour: number; minute: number; second: number };

/** The fields to set, from the year down; those after the last one given are set to their smallest value. */
type Move = [year: number, month?: number, day?: number, hour?: number, minute?: number, second?: number];

/** Finds the largest field that does not match and moves it on. Values past the end of a field carry over. */
function nextMove(event: CalendarEvent, now: Fields): Move | "matches" | "none" {
  const { year, month, day, hour, minute, second } = now;
  if (!includes(event.years, year)) {
    const next = nextValue(event.years, year);
    return next === undefined ? "none" : [next];
  }
  if (!includes(event.months, month)) {
    const next = nextValue(event.months, month);
    return next === undefined ? [year + 1] : [year, next];
  }
  if (!includes(event.days, day)) {
    const next = nextValue(event.days, day);
    return next === undefined ? [year, month + 1] : [year, month, next];
  }
  if (event.weekdays.length > 0) {
    const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
    if (!event.weekdays.includes(weekday)) {
      const next = event.weekdays.find((candidate) => candidate > weekday) ?? 7;
      return [year, month, day + next - weekday];
    }
  }
  if (!includes(event.hours, hour)) {
    const next = nextValue(event.hours, hour);
    return next === undefined ? [year, month, day + 1] : [year, month, day, next];
  }
  if (!includes(event.minutes, minute)) {
    return [year, month, day, ...carry(hour, nextValue(event.minutes, minute))];
  }
  if (!includes(event.seconds, second)) {
    return [year, month, day, hour, ...carry(minute, nextValue(event.seconds, second))];
  }
  return "matches";
}

const carry = (larger: number, next: number | undefined): [number, number] =>
  next === undefined ? [larger + 1, 0] : [larger, next];

function includes(values: readonly CalendarValue[], number: number): boolean {
  return (
    values.length === 0 ||
    values.some(({ from, to, step }) => number >= from && number <= to && (number - from) % step === 0)
  );
}

/** The smallest value above `number`. A list open upwards always has one, be it minute 60. */
function nextValue(values: readonly CalendarValue[], number: number): number | undefined {
  const candidates = values.flatMap(({ from, to, step }) => {
    const next = number < from ? from : from + (Math.floor((number - from) / step) + 1) * step;
    return next <= to ? [next] : [];
  });
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}

/** A struct tm with glibc's mktime (tm_isdst = -1), which remembers the last offset it found as its next first guess. */
function localClock(startSeconds: number, timeZone: string) {
  const wallAt = (epoch: number) => wallClockMs(epoch * 1000, timeZone) / 1000;
  let wall = wallAt(startSeconds);
  let offset = 0;

  const mktime = (wanted: number): number => {
    let epoch = wanted + offset;
    let before = epoch;
    let beforeThat = epoch;
    for (let guess = 0; guess < maxGuesses; guess += 1) {
      const missing = wanted - wallAt(epoch);
      const isInGap = epoch === beforeThat && epoch !== before && isSummer(before) <= isSummer(epoch);
      if (missing === 0 || isInGap) break;
      beforeThat = before;
      before = epoch;
      epoch += missing;
    }
    offset = epoch - wanted;
    return epoch;
  };

  /** Of two readings of a time in the gap libc prefers the one in summer time, that is the later. */
  const isSummer = (epoch: number): number => {
    const year = new Date(wallAt(epoch) * 1000).getUTCFullYear();
    const offsetAt = (at: number) => wallAt(at) - at;
    const winter = Math.min(offsetAt(Date.UTC(year, 0, 1) / 1000), offsetAt(Date.UTC(year, 6, 1) / 1000));
    return offsetAt(epoch) > winter ? 1 : 0;
  };

  return {
    fields(): Fields {
      const date = new Date(wall * 1000);
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      };
    },
    set([year, month = 1, day = 1, hour = 0, minute = 0, second = 0]: Move): void {
      wall = wallAt(mktime(Date.UTC(year, month - 1, day, hour, minute, second) / 1000));
    },
    toEpochSeconds: () => mktime(wall),
  };
}
