import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatDuration,
  formatFull,
  formatMoment,
  formatRelative,
  formatSpan,
  formatWeekdayDay,
} from "./format-time";

const zone = "Europe/Berlin";
const now = Date.parse("2026-11-19T02:12:00Z");
const at = (text: string) => Date.parse(text);

describe("formatRelative", () => {
  it.each([
    ["2026-11-19T02:11:40Z", "just now"],
    ["2026-11-19T02:12:20Z", "in less than a minute"],
    ["2026-11-19T01:41:00Z", "31 min ago"],
    ["2026-11-18T10:12:00Z", "16 h ago"],
    ["2026-11-19T08:32:00Z", "in 6 h 20 m"],
    ["2026-11-19T03:12:00Z", "in 1 h"],
    ["2026-11-18T01:00:00Z", "Wed 02:00"],
    ["2026-11-02T01:00:00Z", "2 Nov 2026, 02:00"],
  ])("says %s as %s", (instant, words) => {
    expect(formatRelative(at(instant), now, zone)).toBe(words);
  });
});

describe("formatMoment", () => {
  it("says only the clock for today in that zone, though UTC has another day", () => {
    expect(formatMoment(at("2026-11-18T23:30:00Z"), now, zone)).toBe("00:30");
    expect(formatMoment(at("2026-11-18T23:30:00Z"), now, "UTC")).toBe("Wed 23:30");
  });
});

describe("the other printings", () => {
  it("names a September day with three letters", () => {
    expect(formatWeekdayDay(at("2026-09-04T12:00:00Z"), now, zone)).toBe("Fri 4 Sep");
  });

  it("adds the year when it is not this one", () => {
    expect(formatWeekdayDay(at("2025-03-30T12:00:00Z"), now, zone)).toBe("Sun 30 Mar 2025");
  });

  it("prints an instant in full with its zone", () => {
    expect(formatFull(at("2026-11-18T01:00:14Z"), zone)).toBe("Wed 18 Nov 2026, 02:00:14 (Europe/Berlin)");
  });

  it.each([
    [48_000, "48 s"],
    [14 * 60_000 + 20_000, "14 m 20 s"],
    [22 * 60_000 + 5_000, "22 m 05 s"],
    [112 * 60_000, "1 h 52 m"],
    [59 * 60_000 + 59_700, "1 h 00 m"],
    [51 * 3_600_000, "2 d 3 h"],
  ])("prints a duration of %i ms as %s", (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it.each([
    [-5, "0 s"],
    [90_000, "1 min"],
    [48 * 3_600_000, "48 h"],
    [96 * 3_600_000, "4 days"],
  ])("prints an age of %i ms as %s", (ms, words) => {
    expect(formatAge(ms)).toBe(words);
  });

  it("prints a span of days without hours", () => {
    expect(formatSpan(3 * 86_400_000 + 5_000)).toBe("3 d");
  });
});
