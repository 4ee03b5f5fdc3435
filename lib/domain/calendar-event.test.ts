import { describe, expect, it } from "vitest";
import { parseCalendarEvent } from "./calendar-event";
import { AppError } from "./errors";
import cases from "./fixtures/calendar-cases.json" with { type: "json" };

const invalid = [...cases.upstreamPerl, ...cases.derivedValidity].filter(({ parses }) => !parses);
const valid = [
  ...cases.upstreamPerl,
  ...cases.derivedValidity,
  ...cases.upstreamRust,
  ...cases.upstreamRustWeekdays,
].filter(({ parses }) => parses);

describe("parseCalendarEvent", () => {
  it.each(invalid)("refuses $expr in Proxmox's words", ({ expr, parserError }) => {
    expect(() => parseCalendarEvent(expr)).toThrow(new AppError("invalid_input", parserError ?? ""));
  });

  it.each(valid)("takes $expr", ({ expr }) => {
    expect(() => parseCalendarEvent(expr)).not.toThrow();
  });

  it.each([
    ["mon,foo", "unable to parse calendar event at ',foo' - Nom(Eof)"],
    ["mon..foo", "unable to parse calendar event at '..foo' - Nom(Eof)"],
    ["Daily", "unable to parse calendar event at 'Daily' - Context(\"weekday\")"],
    ["UTC", "unable to parse calendar event at '' - Context(\"date or time specification\")"],
    ["2200-01-01", "unable to parse calendar event at '2200-01-01' - Context(\"date or time specification\")"],
    [
      "99999999999999999999",
      "unable to parse calendar event at '99999999999999999999' - Context(\"date or time specification\")",
    ],
    ["constructor", "unable to parse calendar event at 'constructor' - Context(\"weekday\")"],
  ])("refuses '%s'", (expression, message) => {
    expect(() => parseCalendarEvent(expression)).toThrow(new AppError("invalid_input", message));
  });

  it("tells fields apart", () => {
    expect(parseCalendarEvent("fri..mon 2026-*/3-1..7/2 8,20:30 UTC")).toEqual({
      isUtc: true,
      weekdays: [0, 4, 5, 6],
      years: [{ from: 2026, to: 2026, step: 1 }],
      months: [{ from: 1, to: Number.POSITIVE_INFINITY, step: 3 }],
      days: [{ from: 1, to: 7, step: 2 }],
      hours: [
        { from: 8, to: 8, step: 1 },
        { from: 20, to: 20, step: 1 },
      ],
      minutes: [{ from: 30, to: 30, step: 1 }],
      seconds: [{ from: 0, to: 0, step: 1 }],
    });
  });
});
