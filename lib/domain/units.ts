const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Binary sizes: "0 B", "812 B", "1.5 KiB", "38.2 GiB", "612 GiB". Three digits at most, one decimal below a hundred. */
export function formatBytes(sizeBytes: number): string {
  let unit = 0;
  let size = sizeBytes;
  // From 1000 up the next unit is used, so that no number has four digits before its point.
  while (unit < binaryUnits.length - 1 && size >= 999.5) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && size < 99.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${binaryUnits[unit]}`;
}

/** Rates are always in MiB/s, so that a column of them compares at a glance: "84.2 MiB/s", "0.3 MiB/s". */
export function formatRate(rateBytesPerSecond: number): string {
  const mib = rateBytesPerSecond / 1024 ** 2;
  return `${mib.toFixed(mib < 99.95 ? 1 : 0)} MiB/s`;
}

/** The two largest parts: "1 h 52 m", "3 d 4 h", "4 m 10 s", "38 s"; a part of zero is left out ("2 h"). Below a second "<1 s". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return "<1 s";
  const seconds = Math.round(durationMs / 1000);
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
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** How old something is, never flattering: "<1 min", "31 min", "48 h", "3 d 1 h". */
export function formatAge(ageMs: number): string {
  if (ageMs < minuteMs) return "<1 min";
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min`;
  if (ageMs < 3 * dayMs) return `${Math.floor(ageMs / hourMs)} h`;
  const hours = Math.floor(ageMs / hourMs) % 24;
  return `${Math.floor(ageMs / dayMs)} d${hours > 0 ? ` ${hours} h` : ""}`;
}

/** As formatAge, to the minute below three days: "2 h 15 min", "30 h". For limits, and what must be told apart from them. */
export function formatSpan(spanMs: number): string {
  const minutes = Math.floor(spanMs / minuteMs) % 60;
  const isInMinutes = spanMs >= hourMs && spanMs < 3 * dayMs && minutes > 0;
  return `${formatAge(spanMs)}${isInMinutes ? ` ${minutes} min` : ""}`;
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

export type ByteRange = { minBytes: number; maxBytes: number };

/**
 * The bytes a text of Proxmox can stand for: "20.0 GiB" in progress lines and "12.32 GiB" in totals are rounded
 * (pve-common, render_bytes); of an archive "189MB" is cut and "19.34GB" rounded (PVE::VZDump, format_size), both in
 * powers of 1024 in spite of the names; "32G" of a disk is exact (PVE::JSONSchema, format_size). Undefined for
 * anything else.
 */
export function parseByteRange(text: string): ByteRange | undefined {
  const [, whole, decimals = "", unit = ""] = /^(\d+)(?:\.(\d+))? ?([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const isCut = decimals === "" && /^[KMGTP]B$/.test(unit);
  const scale = unitBytes[unit] ?? unitBytes[unit.replace(/^([KMGTP])B?$/, "$1iB")];
  if (scale === undefined) return undefined;
  const bytes = Number(`${whole}.${decimals}`) * scale;
  const stepBytes = scale / 10 ** decimals.length;
  if (isCut) return { minBytes: bytes, maxBytes: bytes + stepBytes - 1 };
  if (decimals === "") return { minBytes: bytes, maxBytes: bytes };
  return {
    minBytes: Math.max(0, Math.floor(bytes - stepBytes / 2)),
    maxBytes: Math.ceil(bytes + stepBytes / 2),
  };
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
