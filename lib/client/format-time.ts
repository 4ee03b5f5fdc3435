import { formatAge } from "@/lib/domain/units";

/** How instants are printed. All in 24 h, English, in the zone given; `now` is the server's, never the browser's clock. */
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Intl formats cost about 50 µs each to make and a list prints hundreds of instants. */
function partsOf(at: number, timeZone: string): Record<string, string> {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
  // ICU writes "Sept" in British English; four letters would break the columns.
  return { ...parts, month: (parts.month ?? "").slice(0, 3) };
}

/** "02:00" */
export function formatClock(at: number, timeZone: string): string {
  const { hour, minute } = partsOf(at, timeZone);
  return `${hour}:${minute}`;
}

/** "02:00:14", for log lines. */
export function formatClockSeconds(at: number, timeZone: string): string {
  const { hour, minute, second } = partsOf(at, timeZone);
  return `${hour}:${minute}:${second}`;
}

/** "18 Nov", and "18 Nov 2025" when the year is another than now's. */
export function formatDay(at: number, now: number, timeZone: string): string {
  const { day, month, year } = partsOf(at, timeZone);
  return partsOf(now, timeZone).year === year ? `${day} ${month}` : `${day} ${month} ${year}`;
}

/** "Wed 18 Nov", "Wed 18 Nov 2025": the heading of a day. */
export function formatWeekdayDay(at: number, now: number, timeZone: string): string {
  return `${partsOf(at, timeZone).weekday} ${formatDay(at, now, timeZone)}`;
}

/** "2026-11-18", which day it was there; equal texts are the same day. */
export function localDay(at: number, timeZone: string): string {
  const { day, month, year } = partsOf(at, timeZone);
  return `${year} ${month} ${day}`;
}

/** "Wed 02:00" within a week of now, else "18 Nov 2026, 02:00"; today only "02:00". */
export function formatMoment(at: number, now: number, timeZone: string): string {
  const { weekday, day, month, year } = partsOf(at, timeZone);
  const clock = formatClock(at, timeZone);
  if (localDay(at, timeZone) === localDay(now, timeZone)) return clock;
  if (Math.abs(at - now) < 6 * dayMs) return `${weekday} ${clock}`;
  return `${day} ${month} ${year}, ${clock}`;
}

/** Under 24 h "31 min ago" or "in 6 h 20 m", else as formatMoment: how every instant stands in a list. */
export function formatRelative(at: number, now: number, timeZone: string): string {
  const distance = Math.abs(now - at);
  if (distance >= dayMs) return formatMoment(at, now, timeZone);
  if (distance < minuteMs) return at > now ? "in less than a minute" : "just now";
  return at > now ? `in ${formatDistance(distance)}` : `${formatAge(distance)} ago`;
}

/** "Wed 18 Nov 2026, 02:00:14 (Europe/Berlin)", for the tooltip. */
export function formatFull(at: number, timeZone: string): string {
  const { weekday, day, month, year } = partsOf(at, timeZone);
  return `${weekday} ${day} ${month} ${year}, ${formatClockSeconds(at, timeZone)} (${timeZone})`;
}

/** "6 h 20 m", "20 min", "3 d": how far away something is. */
export function formatDistance(ms: number): string {
  if (ms < hourMs) return `${Math.max(1, Math.round(ms / minuteMs))} min`;
  if (ms < dayMs) {
    const minutes = Math.round(ms / minuteMs);
    const rest = minutes % 60;
    return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} m`;
  }
  return `${Math.round(ms / dayMs)} d`;
}
