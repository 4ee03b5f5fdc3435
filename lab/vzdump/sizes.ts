/** `189MB`: the size of an archive as vzdump's format_size has it, in powers of 1024 in spite of the names. */
export function archiveSizeText(sizeBytes: number): string {
  const kilo = sizeBytes / 1024;
  if (kilo < 1024) return `${Math.floor(kilo)}KB`;
  const mega = kilo / 1024;
  if (mega < 1024) return `${Math.floor(mega)}MB`;
  const giga = mega / 1024;
  if (giga < 1024) return `${giga.toFixed(2)}GB`;
  return `${(giga / 1024).toFixed(2)}TB`;
}

/** `1.0 GiB`: as in the progress lines of a VM (pve-common, render_bytes). */
export function bytesText(sizeBytes: number, digits: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = Math.floor(sizeBytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `85.3 MiB/s`, and `0 B/s` for none. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond >= 1 ? `${bytesText(bytesPerSecond, 1)}/s` : "0 B/s";
}

/** `1h 2m 3s`, without parts that are zero; `0s`. */
export function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const parts = [
    [Math.floor(seconds / 604_800), "w"],
    [Math.floor(seconds / 86_400) % 7, "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`);
  return shown.length > 0 ? shown.join(" ") : "0s";
}

/** `00:00:08`: what a guest's backup took. */
export function elapsedText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `8G`: a disk as the line "include disk" shows it (pve-common, format_size). */
export function diskSizeText(sizeBytes: number): string {
  if (sizeBytes === 0) return "0T";
  const units = ["", "K", "M", "G", "T"];
  let value = sizeBytes;
  let unit = 0;
  while (unit < units.length - 1 && value >= 1024 && value % 1024 === 0) {
    value /= 1024;
    unit++;
  }
  return `${value}${units[unit]}`;
}
