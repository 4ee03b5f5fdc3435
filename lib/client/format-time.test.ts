import { describe, expect, it } from "vitest";
import { formatDistance, formatFull, formatMoment, formatRelative, formatWeekdayDay } from "./format-time";

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

  it("prints a distance of days without hours", () => {
    expect(formatDistance(3 * 86_400_000 + 5_000)).toBe("3 d");
  });
});
