import { describe, expect, it } from "vitest";
import type { RunDetail, RunSummary, StepView } from "@/lib/contracts/runs";
import { isMissingGuests, withProgress, withRunInPages, withStep, withSummary } from "./run-reducers";

const at = "2026-11-19T02:00:00.000Z";

const aStep = (change: Partial<StepView> = {}): StepView => ({
  id: "dump",
  kind: "dump",
  slot: "local",
  status: "running",
  attempt: 1,
  tries: 1,
  notBefore: null,
  startedAt: at,
  endedAt: null,
  bytesDone: 100,
  bytesTotal: 1000,
  fault: null,
  outcome: null,
  revision: 3,
  ...change,
});

const summary: RunSummary = {
  id: "run",
  number: 7,
  kind: "backup",
  status: "running",
  statusReason: null,
  policyId: null,
  policyName: "Nightly",
  trigger: "schedule",
  requestedBy: null,
  dueAt: at,
  queuedAt: at,
  startedAt: at,
  endedAt: null,
  cancelRequestedAt: null,
  cancelledBy: null,
  attempt: 1,
  guestCounts: { queued: 0, running: 1, done: 0, failed: 0, skipped: 0, cancelled: 0, total: 1 },
  bytesDone: 100,
  bytesTotal: 1000,
  failedStepCount: 0,
  revision: 5,
};

const aRun = (...steps: StepView[]): RunDetail => ({
  ...summary,
  guests: [
    {
      guestId: "g",
      type: "lxc",
      vmid: 117,
      name: "gitlab",
      nodeName: "pve1",
      status: "running",
      expectedBytes: 1,
      steps,
    },
  ],
  destinations: [],
  etaAt: null,
  etaPlusMinusSeconds: null,
  usualDurationMs: null,
  logLineCount: 0,
  serverTime: at,
});

describe("withSummary", () => {
  it("takes a newer row over", () => {
    expect(withSummary(aRun(aStep()), { ...summary, status: "partial", revision: 6 }).status).toBe("partial");
  });

  it("drops a late one", () => {
    expect(withSummary(aRun(aStep()), { ...summary, status: "queued", revision: 4 }).status).toBe("running");
  });
});

describe("isMissingGuests", () => {
  const step = { type: "step.changed", runId: "run", step: aStep() } as const;

  it("tells a run that was asked for before its guests were listed", () => {
    expect(isMissingGuests({ ...aRun(), guests: [] }, { type: "run.changed", run: summary })).toBe(true);
    expect(isMissingGuests(aRun(aStep()), { ...step, guestId: "another" })).toBe(true);
  });

  it("is content with the guests it knows", () => {
    expect(isMissingGuests(aRun(aStep()), { type: "run.changed", run: summary })).toBe(false);
    expect(isMissingGuests(aRun(aStep()), { ...step, guestId: "g" })).toBe(false);
  });
});

describe("withStep", () => {
  it("replaces the step and says anew how its guest and the run stand", () => {
    const run = withStep(aRun(aStep()), "g", aStep({ status: "failed", bytesDone: 400, revision: 4 }));

    expect(run.guests[0]?.status).toBe("failed");
    expect(run.guestCounts.failed).toBe(1);
    expect(run).toMatchObject({ failedStepCount: 1, bytesDone: 400, bytesTotal: 400 });
  });

  it("drops an older revision of the step", () => {
    const before = aRun(aStep({ status: "succeeded" }));

    expect(withStep(before, "g", aStep({ status: "running", revision: 2 }))).toBe(before);
  });
});

describe("withProgress", () => {
  const progress = (bytesDone: number) =>
    ({
      type: "run.progress",
      runId: "run",
      at,
      steps: [{ id: "dump", bytesDone, bytesTotal: 1000, rateBytesPerSecond: 9 }],
    }) as const;

  it("moves the step and the run on", () => {
    const run = withProgress(aRun(aStep()), { ...progress(700), steps: [...progress(700).steps] });

    expect(run.guests[0]?.steps[0]?.bytesDone).toBe(700);
    expect(run.bytesDone).toBe(700);
  });

  it("never goes back, and leaves a step alone that is over", () => {
    const late = { ...progress(50), steps: [...progress(50).steps] };

    expect(withProgress(aRun(aStep()), late).bytesDone).toBe(100);
    expect(withProgress(aRun(aStep({ status: "succeeded", bytesDone: 1000 })), late).bytesDone).toBe(1000);
  });
});

describe("withRunInPages", () => {
  it("replaces the row where it stands", () => {
    const pages = withRunInPages([{ items: [summary] }], { ...summary, status: "partial", revision: 6 });

    expect(pages?.[0]?.items[0]?.status).toBe("partial");
  });

  it("says that a run it does not hold must be asked for", () => {
    expect(withRunInPages([{ items: [summary] }], { ...summary, id: "other" })).toBeUndefined();
  });
});
