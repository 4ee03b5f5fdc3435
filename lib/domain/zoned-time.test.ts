import { describe, expect, it } from "vitest";
import { AppError } from "./errors";
import { instantOfWallClock, instantsShowing, isTimeZone, wallClockMs, wallClockText } from "./zoned-time";

const wall = (text: string) => Date.parse(`${text}Z`);
const iso = (epochMs: number) => new Date(epochMs).toISOString();

describe("wallClockMs", () => {
  it.each([
    ["UTC", "2025-03-30T01:00:00Z", "2025-03-30 01:00:00"],
    ["Europe/Berlin", "2025-03-30T00:59:59Z", "2025-03-30 01:59:59"],
    ["Europe/Berlin", "2025-03-30T01:00:00Z", "2025-03-30 03:00:00"],
    ["Asia/Kolkata", "2025-03-30T00:00:00Z", "2025-03-30 05:30:00"],
    ["Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31 00:00:00"],
    ["America/New_York", "1969-12-31T23:59:59Z", "1969-12-31 18:59:59"],
    ["Africa/Monrovia", "1971-06-01T00:44:30Z", "1971-06-01 00:00:00"],
  ])("reads the wall clock of %s at %s", (timeZone, instant, expected) => {
    expect(wallClockText(wallClockMs(Date.parse(instant), timeZone))).toBe(expected);
  });

  it("drops what is below a second, before 1970 too", () => {
    expect(wallClockMs(1999, "UTC")).toBe(1000);
    expect(wallClockMs(-1, "Europe/Berlin")).toBe(wall("1970-01-01T00:59:59"));
  });

  it("names an unknown zone in its error", () => {
    expect(() => wallClockMs(0, "Mars/Phobos")).toThrow(AppError);
    expect(() => wallClockMs(0, "Mars/Phobos")).toThrow("'Mars/Phobos' is not a time zone this system knows");
  });
});

describe("isTimeZone", () => {
  it("knows zones by their IANA names only", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("UTC")).toBe(true);
    expect(isTimeZone("Berlin")).toBe(false);
    expect(isTimeZone("")).toBe(false);
  });
});

describe("instantsShowing", () => {
  it("finds one instant, none in the gap and two in the repeated hour", () => {
    expect(instantsShowing(wall("2025-07-01T02:30:00"), "Europe/Berlin").map(iso)).toEqual([
      "2025-07-01T00:30:00.000Z",
    ]);
    expect(instantsShowing(wall("2025-03-30T02:30:00"), "Europe/Berlin")).toEqual([]);
    expect(instantsShowing(wall("2025-10-26T02:30:00"), "Europe/Berlin").map(iso)).toEqual([
      "2025-10-26T00:30:00.000Z",
      "2025-10-26T01:30:00.000Z",
    ]);
  });
});

describe("instantOfWallClock", () => {
  it("takes the first of two readings and moves a time that does not exist forward", () => {
    expect(iso(instantOfWallClock(wall("2025-10-26T02:30:00"), "Europe/Berlin"))).toBe("2025-10-26T00:30:00.000Z");
    expect(iso(instantOfWallClock(wall("2025-03-30T02:30:00"), "Europe/Berlin"))).toBe("2025-03-30T01:30:00.000Z");
    expect(iso(instantOfWallClock(wall("2025-10-26T12:00:00"), "Europe/Berlin"))).toBe("2025-10-26T11:00:00.000Z");
  });
});
