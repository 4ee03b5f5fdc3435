import { describe, expect, it } from "vitest";
import cases from "./fixtures/misc-cases.json" with { type: "json" };
import { formatAge, formatBytes, formatDuration, formatRate, parseBytes, parseDuration } from "./units";

const gib = 1024 ** 3;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [812, "812 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [10_187, "9.9 KiB"],
    [10_189, "10 KiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [38.4 * gib, "38 GiB"],
    [612 * gib, "612 GiB"],
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
    [0, "0 s"],
    [400, "0 s"],
    [38_000, "38 s"],
    [59_600, "1 m"],
    [4 * minute + 10_000, "4 m 10 s"],
    [hour - 400, "1 h"],
    [112 * minute + 20_000, "1 h 52 m"],
    [2 * hour, "2 h"],
    [day - 1000, "1 d"],
    [3 * day + 4 * hour + 29 * minute, "3 d 4 h"],
    [4 * day, "4 d"],
    [-5000, "0 s"],
  ])("prints %d ms as %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe("formatAge", () => {
  it.each([
    [-minute, "now"],
    [minute - 1, "now"],
    [31 * minute + 59_000, "31 min"],
    [hour, "1 h"],
    [48 * hour + 59 * minute, "48 h"],
    [3 * day - 1, "71 h"],
    [5 * day + 23 * hour, "5 d"],
  ])("prints %d ms as %s", (ageMs, text) => {
    expect(formatAge(ageMs)).toBe(text);
  });
});

/** By how much a text of so many decimals may be off, for it was rounded or cut. */
const isWithin = (found: number | undefined, bytes: number, ratio: number) =>
  found !== undefined && Math.abs(found - bytes) <= Math.max(1024, bytes * ratio);

describe("parseBytes", () => {
  type Printed = [bytes: number, text: string][];

  it.each(cases.archiveFileSize as Printed)("reads the archive size of %d bytes from '%s'", (bytes, text) => {
    expect(isWithin(parseBytes(text), bytes, 0.5)).toBe(true);
    expect(parseBytes(text)).toBeLessThanOrEqual(bytes * 1.005);
  });

  it.each(cases.renderBytes1 as Printed)("reads %d bytes from '%s'", (bytes, text) => {
    expect(isWithin(parseBytes(text), bytes, 0.05)).toBe(true);
  });

  it.each(cases.renderBytes2 as Printed)("reads %d bytes from '%s'", (bytes, text) => {
    expect(isWithin(parseBytes(text), bytes, 0.005)).toBe(true);
  });

  it.each((cases.includeDiskSize as Printed).filter(([bytes]) => bytes > 0))(
    "reads a disk of %d bytes from '%s'",
    (bytes, text) => {
      expect(parseBytes(text)).toBe(bytes);
    },
  );

  it.each(["", "GiB", "1.2.3 GiB", "12 elephants", "-5 B", "1 iB", "5 BB"])("does not read '%s'", (text) => {
    expect(parseBytes(text)).toBeUndefined();
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
