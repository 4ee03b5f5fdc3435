const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function scaleOf(sizeBytes: number): number {
  let scale = 0;
  // From 1000 up the next unit is used, so that no number has four digits before its point.
  while (sizeBytes / 1024 ** scale >= 999.5 && scale < units.length - 1) scale++;
  return scale;
}

function digits(value: number, scale: number): string {
  if (scale === 0 || value >= 99.95) return String(Math.round(value));
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** "1.39 of 2.39 TiB": both in the unit of the whole. */
export function formatSizeOf(partBytes: number, wholeBytes: number): string {
  const scale = scaleOf(wholeBytes);
  const part = digits(partBytes / 1024 ** scale, scale);
  return `${part} of ${digits(wholeBytes / 1024 ** scale, scale)} ${units[scale]}`;
}

/** "58 %"; never "100 %" before the end, and never "0 %" once something moved. */
export function formatPercent(ratio: number): string {
  const percent = Math.floor(ratio * 100);
  return `${ratio > 0 && percent === 0 ? 1 : Math.min(100, percent)} %`;
}

/** "1 guest", "43 guests" */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}
