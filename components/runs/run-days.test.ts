import { describe, expect, it } from "vitest";
import type { RunSummary } from "@/lib/contracts/runs";
import { groupByDay, usualDurations } from "./run-days";

const run = (startedAt: string | null, change: Partial<RunSummary> = {}) =>
  ({
    startedAt,
    dueAt: null,
    queuedAt: "2026-01-01T00:00:00Z",
    endedAt: null,
    status: "succeeded",
    policyId: "p",
    ...change,
  }) as RunSummary;

const taking = (minutes: number, status: RunSummary["status"] = "succeeded") =>
  run("2026-11-19T02:00:00Z", {
    endedAt: new Date(Date.parse("2026-11-19T02:00:00Z") + minutes * 60_000).toISOString(),
    status,
  });

describe("groupByDay", () => {
  it("puts a run under its day in the zone, and a missed one under the day it was due", () => {
    const runs = [run("2026-11-18T23:30:00Z"), run(null, { dueAt: "2026-11-18T22:30:00Z", status: "missed" })];

    expect(groupByDay(runs, "Europe/Berlin").map(({ day, runs }) => [day, runs.length])).toEqual([
      ["2026 Nov 19", 1],
      ["2026 Nov 18", 1],
    ]);
    expect(groupByDay(runs, "UTC")).toHaveLength(1);
  });
});

describe("usualDurations", () => {
  it("is the median of the runs that moved what they should", () => {
    const runs = [taking(10), taking(90), taking(30), taking(1, "failed")];

    expect(usualDurations(runs).get("p")).toBe(30 * 60_000);
  });

  it("says nothing after two runs", () => {
    expect(usualDurations([taking(10), taking(20)]).size).toBe(0);
  });
});
