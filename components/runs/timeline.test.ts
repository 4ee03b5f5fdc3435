import { describe, expect, it } from "vitest";
import type { RunDetail, RunGuest, StepView } from "@/lib/contracts/runs";
import { barsOf, percentAt, readableTicks, timelineOf } from "./timeline";

const at = (clock: string) => Date.parse(`2026-11-19T${clock}Z`);
const iso = (clock: string) => new Date(at(clock)).toISOString();

const run = (change: Partial<RunDetail>) =>
  ({ startedAt: iso("02:00:00"), queuedAt: iso("02:00:00"), endedAt: null, etaAt: null, ...change }) as RunDetail;

const step = (change: Partial<StepView>) =>
  ({
    id: "s",
    kind: "dump",
    slot: "local",
    startedAt: null,
    endedAt: null,
    bytesDone: 0,
    bytesTotal: null,
    ...change,
  }) as StepView;

const guest = (...steps: StepView[]) => ({ steps }) as RunGuest;

describe("timelineOf", () => {
  it("reaches to the expected end, with at most five marks at round times", () => {
    const timeline = timelineOf(run({ etaAt: iso("04:10:00") }), at("03:12:00"));

    expect(timeline.ticks.map((tick) => new Date(tick).toISOString().slice(11, 16))).toEqual([
      "02:00",
      "02:30",
      "03:00",
      "03:30",
      "04:00",
    ]);
  });

  it("ends with a run that is over", () => {
    expect(timelineOf(run({ endedAt: iso("02:40:00"), etaAt: iso("05:00:00") }), at("09:00:00")).endAt).toBe(
      at("02:40:00"),
    );
  });

  it("gives a run of no length some", () => {
    const timeline = timelineOf(run({ endedAt: iso("02:00:00") }), at("02:00:00"));

    expect(percentAt(timeline, at("02:00:10"))).toBe(50);
  });
});

describe("barsOf", () => {
  const timeline = { startAt: at("02:00:00"), endAt: at("03:00:00"), tickMs: 0, ticks: [] };
  const now = at("02:30:00");

  it("draws what a running step did and, outlined, what it still needs at that pace", () => {
    const running = step({ status: "running", startedAt: iso("02:15:00"), bytesDone: 50, bytesTotal: 100 });

    expect(barsOf(guest(running), "local", timeline, now)).toEqual([
      { key: "s-running", look: "running", leftPercent: 25, widthPercent: 25 },
      { key: "s-planned", look: "planned", leftPercent: 50, widthPercent: 25 },
    ]);
  });

  it("keeps destinations apart, and leaves out prunes and what never began", () => {
    const steps = [
      step({
        id: "a",
        status: "failed",
        slot: "secondary",
        kind: "copy",
        startedAt: iso("02:00:00"),
        endedAt: iso("02:06:00"),
      }),
      step({
        id: "b",
        status: "succeeded",
        slot: "secondary",
        kind: "prune",
        startedAt: iso("02:00:00"),
        endedAt: iso("02:06:00"),
      }),
      step({ id: "c", status: "queued", slot: "secondary", kind: "verify" }),
    ];

    expect(barsOf(guest(...steps), "secondary", timeline, now).map((bar) => bar.look)).toEqual(["failed"]);
    expect(barsOf(guest(...steps), "primary", timeline, now)).toEqual([]);
  });
});

describe("readableTicks", () => {
  it("leaves out a mark that now would cover", () => {
    const timeline = timelineOf(run({ etaAt: iso("04:10:00") }), at("03:12:00"));

    expect(readableTicks(timeline, percentAt(timeline, at("03:05:00")))).not.toContain(at("03:00:00"));
  });
});
