import { AppError } from "./errors";

/** Bounded by the number of zones that exist. Making a formatter costs a hundred times what using one does. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  try {
    const formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timeZone, formatter);
    return formatter;
  } catch (error) {
    throw new AppError("invalid_input", `'${timeZone}' is not a time zone this system knows`, { cause: error });
  }
}

/** Whether `timeZone` is an IANA name ("Europe/Berlin", "UTC") that this system can compute in. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/**
 * What a clock on the wall of `timeZone` shows at an instant, written as the milliseconds at which a clock in UTC shows
 * the same. So hours, days and months of local time are plain arithmetic. Milliseconds below a second are dropped.
 * Throws AppError invalid_input for an unknown zone.
 */
export function wallClockMs(epochMs: number, timeZone: string): number {
  const wholeMs = Math.floor(epochMs / 1000) * 1000;
  if (timeZone === "UTC") return wholeMs;
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = formatterOf(timeZone)
    .format(wholeMs)
    .split(/\D+/)
    .map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * The instants at which the wall clock of `timeZone` shows `wallMs`, earliest first: one as a rule, none in the gap when
 * clocks go forward, two in the hour that comes twice when they go back.
 */
export function instantsShowing(wallMs: number, timeZone: string): number[] {
  const dayMs = 86_400_000;
  // No zone changes its offset twice within two days, so the offsets a day away are the only candidates.
  const offsetsMs = [-dayMs, dayMs].map((shift) => wallClockMs(wallMs + shift, timeZone) - (wallMs + shift));
  return [...new Set(offsetsMs)]
    .map((offsetMs) => wallMs - offsetMs)
    .filter((epochMs) => wallClockMs(epochMs, timeZone) === wallMs)
    .sort((a, b) => a - b);
}

/**
 * The instant a local time means, as Perl's timelocal reads it for archive names: of an hour that comes twice the first,
 * and a time that does not exist is moved forward by the length of the gap.
 */
export function instantOfWallClock(wallMs: number, timeZone: string): number {
  const [first] = instantsShowing(wallMs, timeZone);
  if (first !== undefined) return first;
  const dayMs = 86_400_000;
  const offsetBeforeMs = wallClockMs(wallMs - dayMs, timeZone) - (wallMs - dayMs);
  return wallMs - offsetBeforeMs;
}

/** "2026-11-23 02:28:22" of a wall clock reading; without ":22" where `precision` is "minute". */
export function wallClockText(wallMs: number, precision: "minute" | "second" = "second"): string {
  return new Date(wallMs)
    .toISOString()
    .slice(0, precision === "minute" ? 16 : 19)
    .replace("T", " ");
}
