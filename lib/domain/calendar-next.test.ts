import { describe, expect, it } from "vitest";
import { parseCalendarEvent } from "./calendar-event";
import { nextCalendarEvent } from "./calendar-next";
import cases from "./fixtures/calendar-cases.json" with { type: "json" };

type Pair = [after: number, next: number | null];

const nextAfter = (expression: string, after: number, timeZone: string) =>
  nextCalendarEvent(parseCalendarEvent(expression), after, timeZone) ?? null;

describe("nextCalendarEvent", () => {
  const withPairs = [
    ...cases.upstreamPerl.filter(({ parses }) => parses),
    ...cases.upstreamRust,
    ...cases.derivedValidity.filter(({ parses }) => parses).map((valid) => ({ ...valid, tz: "UTC" })),
  ];

  it.each(withPairs)("answers as Proxmox for $expr in $tz", ({ expr, tz, next }) => {
    const pairs = (next ?? []) as Pair[];

    expect(pairs.map(([after]) => [after, nextAfter(expr, after, tz)])).toEqual(pairs);
  });

  it.each(cases.derivedSequences)(
    "follows Proxmox event by event: $expr in $tz from $from",
    ({ expr, tz, from, then }) => {
      const found: (number | null)[] = [];
      let after: number | null = from;
      while (after !== null && found.length < then.length) {
        after = nextAfter(expr, after, tz);
        found.push(after);
      }

      expect(found).toEqual(then);
    },
  );
});
