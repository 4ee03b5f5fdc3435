const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Binary sizes: "0 B", "812 B", "1.5 KiB", "38 GiB". Three digits at most; only below ten with a decimal. */
export function formatBytes(sizeBytes: number): string {
  let unit = 0;
  let size = sizeBytes;
  // What would round to 1024 of a unit is 1 of the next.
  while (unit < binaryUnits.length - 1 && Math.round(size) >= 1024) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${binaryUnits[unit]}`;
}

/** Rates are always in MiB/s, so that a column of them compares at a glance: "84.2 MiB/s", "0.3 MiB/s". */
export function formatRate(rateBytesPerSecond: number): string {
  const mib = rateBytesPerSecond / 1024 ** 2;
  return `${mib.toFixed(mib < 99.95 ? 1 : 0)} MiB/s`;
}

/** The two largest parts: "1 h 52 m", "3 d 4 h", "4 m 10 s", "38 s"; a part of zero is left out ("2 h"). */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  // Rounded to the smaller of the two parts first, so that 59 m 59 s of a day does not become "23 h 60 m".
  const shownSeconds = seconds < 3600 ? seconds : Math.round(seconds / 60) * 60;
  const wholeSeconds = shownSeconds < 86_400 ? shownSeconds : Math.round(shownSeconds / 3600) * 3600;
  const parts = [
    [Math.floor(wholeSeconds / 86_400), "d"],
    [Math.floor(wholeSeconds / 3600) % 24, "h"],
    [Math.floor(wholeSeconds / 60) % 60, "m"],
    [wholeSeconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** How old something is, in one part that never flatters: "31 min", "48 h", "5 d". Below a minute "now". */
export function formatAge(ageMs: number): string {
  if (ageMs < minuteMs) return "now";
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min`;
  if (ageMs < 3 * dayMs) return `${Math.floor(ageMs / hourMs)} h`;
  return `${Math.floor(ageMs / dayMs)} d`;
}

const unitBytes: Record<string, number> = {
  "": 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  PiB: 1024 ** 5,
};

/**
 * Bytes of a text as Proxmox prints sizes: "20.0 GiB" in progress lines, "12.32 GiB" in totals, "189MB" or "19.34GB" of
 * an archive and "32G" of a disk (both powers of 1024 in spite of the names). Only as exact as the text. Undefined for
 * anything else.
 */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const bytes = unitBytes[unit] ?? unitBytes[unit.replace(/^([KMGTP])B?$/, "$1iB")];
  return bytes === undefined ? undefined : Math.round(Number(number) * bytes);
}

const partMs: Record<string, number> = { w: 7 * dayMs, d: dayMs, h: hourMs, m: minuteMs, s: 1000 };

/** Milliseconds of Proxmox's "1h 2m 3s" or "00:04:49" (hours may pass 99); undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d{2,}):(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) * hourMs + Number(minutes) * minuteMs + Number(seconds) * 1000;
  if (!/^(\d+[wdhms] ?)+$/.test(text)) return undefined;
  const parts = text.match(/\d+[wdhms]/g) ?? [];
  return parts.reduce((sumMs, part) => sumMs + Number.parseInt(part, 10) * (partMs[part.slice(-1)] ?? 0), 0);
}
