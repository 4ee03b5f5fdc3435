import { describe, expect, it } from "vitest";
import cases from "./fixtures/misc-cases.json" with { type: "json" };
import { formatAge, formatBytes, formatDuration, formatRate, formatSpan, parseByteRange, parseDuration } from "./units";

const gib = 1024 ** 3;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [812, "812 B"],
    [999, "999 B"],
    [1000, "1.0 KiB"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [38.2 * gib, "38.2 GiB"],
    [99.94 * gib, "99.9 GiB"],
    [99.96 * gib, "100 GiB"],
    [612 * gib, "612 GiB"],
    [1023.9 * gib, "1.0 TiB"],
    [1.39 * 1024 * gib, "1.4 TiB"],
    [5000 * 1024 ** 5, "5000 PiB"],
  ])("prints %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatRate", () => {
  it.each([
    [0, "0.0 MiB/s"],
    [300 * 1024, "0.3 MiB/s"],
    [88_253_523, "84.2 MiB/s"],
    [118 * 1024 ** 2, "118 MiB/s"],
  ])("prints %d bytes a second as %s", (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "<1 s"],
    [999, "<1 s"],
    [1000, "1 s"],
    [38_000, "38 s"],
    [59_600, "1 m"],
    [14 * minute + 20_000, "14 m 20 s"],
    [hour - 400, "1 h"],
    [112 * minute + 20_000, "1 h 52 m"],
    [2 * hour, "2 h"],
    [day - 1000, "1 d"],
    [3 * day + 4 * hour + 29 * minute, "3 d 4 h"],
    [4 * day, "4 d"],
    [-5000, "<1 s"],
  ])("prints %d ms as %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe("formatAge", () => {
  it.each([
    [-minute, "<1 min"],
    [minute - 1, "<1 min"],
    [31 * minute + 59_000, "31 min"],
    [hour, "1 h"],
    [48 * hour + 59 * minute, "48 h"],
    [3 * day - 1, "71 h"],
    [3 * day + hour, "3 d 1 h"],
    [5 * day + minute, "5 d"],
  ])("prints %d ms as %s", (ageMs, text) => {
    expect(formatAge(ageMs)).toBe(text);
  });
});

describe("formatSpan", () => {
  it.each([
    [45 * minute, "45 min"],
    [135 * minute, "2 h 15 min"],
    [30 * hour, "30 h"],
    [30 * hour + 40 * minute, "30 h 40 min"],
    [90 * hour + 59 * minute, "3 d 18 h"],
  ])("prints %d ms as %s", (spanMs, text) => {
    expect(formatSpan(spanMs)).toBe(text);
  });
});

describe("parseByteRange", () => {
  const { archiveFileSize, renderBytes1, renderBytes2, includeDiskSize } = cases;
  const printed = [...archiveFileSize, ...renderBytes1, ...renderBytes2, ...includeDiskSize] as [number, string][];

  it.each(printed)("finds %d bytes among those '%s' can stand for", (bytes, text) => {
    const { minBytes, maxBytes } = parseByteRange(text) ?? { minBytes: Number.NaN, maxBytes: Number.NaN };

    expect(minBytes).toBeLessThanOrEqual(bytes);
    expect(maxBytes).toBeGreaterThanOrEqual(bytes);
  });

  it.each([
    ["512", 512, 512],
    ["0T", 0, 0],
    ["1536M", 1536 * 1024 ** 2, 1536 * 1024 ** 2],
    ["1KB", 1024, 2047],
    ["189MB", 189 * 1024 ** 2, 190 * 1024 ** 2 - 1],
    ["1.50GB", 1.495 * gib, 1.505 * gib],
    ["20.0 GiB", 19.95 * gib, 20.05 * gib],
    ["0.0 B", 0, 1],
  ])("takes '%s' for no more than %d to %d bytes", (text, minBytes, maxBytes) => {
    expect(parseByteRange(text)).toEqual({ minBytes: Math.floor(minBytes), maxBytes: Math.ceil(maxBytes) });
  });

  it.each(["", "GiB", "1.2.3 GiB", "12 elephants", "-5 B", "1 iB", "5 BB", "5."])("does not read '%s'", (text) => {
    expect(parseByteRange(text)).toBeUndefined();
  });
});

describe("parseDuration", () => {
  it.each([...cases.finishedDuration, ...cases.renderDuration] as [number, string][])(
    "reads %d seconds from '%s'",
    (seconds, text) => {
      expect(parseDuration(text)).toBe(seconds * 1000);
    },
  );

  it.each(["", "1x", "4:49", "h", "1h2"])("does not read '%s'", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
