import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "./errors";
import cases from "./fixtures/calendar-cases.json" with { type: "json" };
import {
  describeNextEvents,
  eventsBetween,
  nextEvents,
  parseSchedule,
  previousEvents,
  scheduleIntervalMs,
} from "./schedule";

const at = (text: string) => new Date(text);
const iso = (dates: Date[]) => dates.map((date) => date.toISOString().replace(":00.000Z", "Z"));
const next = (expression: string, after: string, count = 3, timeZone = "Europe/Berlin") =>
  iso(nextEvents(expression, { after: at(after), timeZone, count }));

describe("parseSchedule", () => {
  it("tells the two grammars apart by their number of fields", () => {
    expect(parseSchedule(" mon..fri 21:00 ")).toMatchObject({ kind: "calendar", expression: "mon..fri 21:00" });
    expect(parseSchedule("mon *-*-01 04:00 UTC").kind).toBe("calendar");
    expect(parseSchedule(" 0 2  * * 1-5 ")).toEqual({ kind: "cron", expression: "0 2  * * 1-5" });
    expect(parseSchedule("0 4 L * *").kind).toBe("cron");
  });

  it.each([
    ["", "unable to parse calendar event - event is empty"],
    ["every day", "unable to parse calendar event at 'every' - Context(\"weekday\")"],
    ["61 * * * *", "unable to parse cron expression '61 * * * *' - Constraint error, got value 61 expected range 0-59"],
    ["H 2 * * *", "unable to parse cron expression 'H 2 * * *' - 'h' is no month or weekday"],
    ["0 0 30 2 *", "unable to parse cron expression '0 0 30 2 *' - Invalid explicit day of month definition"],
    ["@daily", "unable to parse calendar event at '@daily' - Context(\"date or time specification\")"],
    ["0 0 2 * * *", "unable to parse calendar event at ' 0 2 * * *' - Nom(Eof)"],
  ])("refuses '%s' and says why", (expression, message) => {
    expect(() => parseSchedule(expression)).toThrow(new AppError("invalid_input", message));
  });
});

describe("nextEvents", () => {
  it("comes strictly after, whichever grammar", () => {
    expect(next("02:00", "2026-06-01T00:00:00Z", 2)).toEqual(["2026-06-02T00:00Z", "2026-06-03T00:00Z"]);
    expect(next("0 2 * * *", "2026-06-01T00:00:00Z", 2)).toEqual(["2026-06-02T00:00Z", "2026-06-03T00:00Z"]);
    expect(next("02:00", "2026-05-31T23:59:59.999Z", 1)).toEqual(["2026-06-01T00:00Z"]);
    expect(next("0 2 * * *", "2026-05-31T23:59:59.999Z", 1)).toEqual(["2026-06-01T00:00Z"]);
  });

  it("gives what there is when events run out", () => {
    expect(next("2027,2028-01-01", "2026-06-01T00:00:00Z")).toEqual(["2026-12-31T23:00Z", "2027-12-31T23:00Z"]);
    expect(next("02-30", "2026-06-01T00:00:00Z")).toEqual([]);
  });

  it("takes a day of month and a weekday of cron as either", () => {
    expect(next("0 0 13 * 5", "2026-11-05T00:00:00Z", 3, "UTC")).toEqual([
      "2026-11-06T00:00Z",
      "2026-11-13T00:00Z",
      "2026-11-20T00:00Z",
    ]);
  });

  it("moves a cron event out of the gap, and gives it once in the hour that comes twice", () => {
    expect(next("30 2 * * *", "2025-03-29T12:00:00Z", 2)).toEqual(["2025-03-30T01:30Z", "2025-03-31T00:30Z"]);
    expect(next("30 2 * * *", "2025-10-25T12:00:00Z", 2)).toEqual(["2025-10-26T00:30Z", "2025-10-27T01:30Z"]);
  });

  it("goes forward where Proxmox's own answer lies before the question", () => {
    expect(next("*:0/30", "2025-11-02T06:00:00Z", 2, "America/New_York")).toEqual([
      "2025-11-02T07:00Z",
      "2025-11-02T07:30Z",
    ]);
    expect(next("*:*:*", "2025-11-02T06:00:00Z", 1, "America/New_York")).toEqual(["2025-11-02T07:00:01.000Z"]);
  });

  it.each(cases.derivedSequences.filter(({ from, then }) => (then[0] ?? 0) > from))(
    "is Proxmox's sequence for $expr in $tz from $from",
    ({ expr, tz, from, then }) => {
      const events = nextEvents(expr, { after: new Date(from * 1000), timeZone: tz, count: then.length });

      expect(events.map((event) => event.getTime() / 1000)).toEqual(then);
    },
  );

  it("names a zone that does not exist", () => {
    expect(() => next("02:00", "2026-06-01T00:00:00Z", 1, "Mars/Phobos")).toThrow("is not a time zone");
    expect(() => next("0 2 * * *", "2026-06-01T00:00:00Z", 1, "Mars/Phobos")).toThrow(AppError);
  });
});

const anExpression = fc.constantFrom(
  ...[
    "02:00",
    "*:0/30",
    "hourly",
    "mon..fri 2:30",
    "*-*-01 04:00",
    "*/7",
    "sun 01:30",
    "0/6:30",
    "*-02-29",
    "daily UTC",
  ],
  ...["0 2 * * *", "*/20 * * * *", "30 1 * * 0", "0 4 1 * *"],
);
const aZone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/London");
/** Half of all questions are asked within a day of a clock change. */
const aChange = fc.constantFrom(
  "2025-03-30T01:00:00Z",
  "2025-10-26T01:00:00Z",
  "2025-03-09T07:00:00Z",
  "2025-11-02T06:00:00Z",
);
const anInstant = fc.oneof(
  fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }).map((ms) => new Date(ms)),
  fc
    .tuple(aChange, fc.integer({ min: -86_400_000, max: 86_400_000 }))
    .map(([change, ms]) => new Date(Date.parse(change) + ms)),
);

describe("events of any schedule, anywhere, at any time", () => {
  it("go forward only", () => {
    fc.assert(
      fc.property(anExpression, aZone, anInstant, (expression, timeZone, after) => {
        const events = nextEvents(expression, { after, timeZone, count: 8 });

        expect([after, ...events].every((event, index) => index === 0 || event > (events[index - 2] ?? after))).toBe(
          true,
        );
      }),
    );
  });

  it("are found looking back as they were looking forward", () => {
    const awayFromChanges = fc
      .integer({ min: Date.UTC(2026, 10, 5), max: Date.UTC(2027, 1, 20) })
      .map((ms) => new Date(ms));

    fc.assert(
      fc.property(anExpression, aZone, awayFromChanges, (expression, timeZone, before) => {
        const [previous] = previousEvents(expression, { before, timeZone, count: 1 });

        expect(previous).toBeDefined();
        expect(previous && previous < before).toBe(true);
        const [following] = nextEvents(expression, { after: previous ?? before, timeZone, count: 1 });
        expect(following === undefined || following >= before).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("previousEvents", () => {
  it("lists the last ones, newest first, strictly before", () => {
    const before = at("2026-01-07T01:00:00Z");

    expect(iso(previousEvents("mon..fri 02:00", { before, timeZone: "Europe/Berlin", count: 4 }))).toEqual([
      "2026-01-06T01:00Z",
      "2026-01-05T01:00Z",
      "2026-01-02T01:00Z",
      "2026-01-01T01:00Z",
    ]);
  });

  it("goes back years, and knows a schedule that never was", () => {
    const options = { before: at("2026-01-07T01:00:00Z"), timeZone: "UTC", count: 2 };

    expect(iso(previousEvents("2015-10-21", options))).toEqual(["2015-10-21T00:00Z"]);
    expect(iso(previousEvents("*-02-29", options))).toEqual(["2024-02-29T00:00Z", "2020-02-29T00:00Z"]);
    expect(previousEvents("02-30", options)).toEqual([]);
  });

  it("sees events of neighbouring seconds", () => {
    const before = at("2026-01-07T01:00:10Z");

    expect(previousEvents("*:*:*", { before, timeZone: "UTC", count: 2 })).toEqual([
      at("2026-01-07T01:00:09Z"),
      at("2026-01-07T01:00:08Z"),
    ]);
  });
});

describe("eventsBetween", () => {
  const options = { from: at("2026-06-01T00:00:00Z"), to: at("2026-06-04T00:00:00Z"), timeZone: "Europe/Berlin" };

  it("finds the ticks that a standstill missed, without the first instant and with the last", () => {
    expect(iso(eventsBetween("02:00", { ...options, limit: 10 }))).toEqual([
      "2026-06-02T00:00Z",
      "2026-06-03T00:00Z",
      "2026-06-04T00:00Z",
    ]);
  });

  it("stops at its limit", () => {
    expect(eventsBetween("minutely", { ...options, limit: 5 })).toHaveLength(5);
  });
});

describe("scheduleIntervalMs", () => {
  const hours = (expression: string) => (scheduleIntervalMs(expression, at("2026-01-07T10:20:30Z")) ?? 0) / 3_600_000;

  it.each([
    ["02:00", 24],
    ["0 2 * * *", 24],
    ["*/6:00", 6],
    ["*:0/15", 0.25],
    ["*:*:*", 1 / 3600],
    ["weekly", 7 * 24],
    ["monthly", 31 * 24],
    ["*-*-1,15", 17 * 24],
  ])("is the time from one event to the next: %s", (expression, expected) => {
    expect(hours(expression)).toBeCloseTo(expected, 9);
  });

  it("bridges the nights and weekends that a schedule leaves out", () => {
    expect(hours("mon..fri 02:00")).toBe(72);
    expect(hours("0 2 * * 1-5")).toBe(72);
    expect(hours("8..17:00")).toBe(15);
    expect(hours("mon..fri 8..17:0/15")).toBe(62.25);
  });

  it("is not moved by clock changes", () => {
    expect(scheduleIntervalMs("02:00", at("2025-03-29T12:00:00Z"))).toBe(24 * 3_600_000);
  });

  it("is unknown for a schedule that comes once, or never", () => {
    expect(scheduleIntervalMs("2027-01-01", at("2026-01-07T00:00:00Z"))).toBeNull();
    expect(scheduleIntervalMs("02-30", at("2026-01-07T00:00:00Z"))).toBeNull();
  });
});

describe("describeNextEvents", () => {
  const rows = (expression: string, after: string, count: number, timeZone = "Europe/Berlin") =>
    describeNextEvents(expression, { after: at(after), timeZone, count }).map(({ localTime, shift }) =>
      shift ? `${localTime}: ${shift}` : localTime,
    );

  it("prints local time, with seconds where there are any", () => {
    expect(rows("02:00", "2026-06-01T12:00:00Z", 1)).toEqual(["2026-06-02 02:00"]);
    expect(rows("02:00:30", "2026-06-01T12:00:00Z", 1)).toEqual(["2026-06-02 02:00:30"]);
  });

  it("says which night has no event because its time does not exist", () => {
    expect(rows("02:00", "2025-03-28T12:00:00Z", 3)).toEqual([
      "2025-03-29 02:00",
      "2025-03-31 02:00: 02:00 does not exist on 2025-03-30, so that one is left out",
      "2025-04-01 02:00",
    ]);
  });

  it("says why an event comes later than written", () => {
    expect(rows("0 2 * * *", "2025-03-29T12:00:00Z", 2)).toEqual([
      "2025-03-30 03:00: 02:00 does not exist that night",
      "2025-03-31 02:00",
    ]);
    expect(rows("*:0/30", "2025-03-30T00:10:00Z", 3)).toEqual([
      "2025-03-30 01:30",
      "2025-03-30 03:00: 02:00 does not exist that night",
      "2025-03-30 03:30",
    ]);
  });

  it("says which of two it is when a time occurs twice", () => {
    expect(rows("02:30", "2025-10-25T12:00:00Z", 2)).toEqual([
      "2025-10-26 02:30: 02:30 occurs twice that night, this is the first",
      "2025-10-27 02:30",
    ]);
    expect(rows("*/30 * * * *", "2025-10-26T00:40:00Z", 3)).toEqual([
      "2025-10-26 02:00: 02:00 occurs twice that night, this is the second",
      "2025-10-26 02:30: 02:30 occurs twice that night, this is the second",
      "2025-10-26 03:00",
    ]);
  });

  it("leaves a schedule in UTC alone", () => {
    expect(rows("00:30 UTC", "2025-10-25T12:00:00Z", 2)).toEqual(["2025-10-26 02:30", "2025-10-27 01:30"]);
  });
});
