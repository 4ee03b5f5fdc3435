import { describe, expect, it } from "vitest";
import { concludeRun, runEntriesTo, runGuestStatus, tallyRun } from "./run";

const ended = (kind: string, status: "succeeded" | "failed" | "skipped" | "cancelled", isRequired = true) => ({
  kind,
  status,
  isRequired,
});

describe("concludeRun", () => {
  it("succeeds only when every required step did", () => {
    expect(concludeRun([ended("dump", "succeeded"), ended("seal", "succeeded")])).toBe("succeeded");
    expect(concludeRun([ended("seal", "succeeded"), ended("copy", "failed")])).toBe("partial");
    expect(concludeRun([ended("seal", "succeeded"), ended("copy", "skipped")])).toBe("partial");
  });

  it("does not call a run a success when an optional destination failed", () => {
    expect(concludeRun([ended("seal", "succeeded"), ended("copy", "failed", false)])).toBe("partial");
  });

  it("fails when no guest was sealed", () => {
    expect(concludeRun([ended("dump", "failed"), ended("seal", "skipped")])).toBe("failed");
  });

  it("is cancelled when anything of it was", () => {
    expect(concludeRun([ended("seal", "succeeded"), ended("copy", "cancelled")])).toBe("cancelled");
  });
});

describe("runEntriesTo", () => {
  it("lets a late finish not overwrite a cancelled run", () => {
    expect(runEntriesTo("succeeded")).toEqual(["running"]);
    expect(runEntriesTo("cancelled")).toEqual(["queued", "running"]);
  });

  it("sets what did not succeed going again", () => {
    expect(runEntriesTo("running")).toEqual(["queued", "partial", "failed", "cancelled"]);
  });
});

const step = (
  guestId: string,
  kind: "dump" | "seal" | "copy",
  status: "succeeded" | "running" | "waiting" | "failed",
) => ({
  guestId,
  kind,
  status,
  bytesDone: status === "succeeded" ? 80 : 10,
  bytesTotal: 100,
});

describe("runGuestStatus", () => {
  it("is running between two of its steps too", () => {
    expect(runGuestStatus([step("a", "dump", "succeeded"), step("a", "copy", "waiting")])).toBe("running");
    expect(runGuestStatus([step("a", "dump", "waiting")])).toBe("queued");
  });
});

describe("tallyRun", () => {
  it("counts guests once and bytes of dumps and copies only", () => {
    const steps = [
      step("a", "dump", "succeeded"),
      step("a", "seal", "succeeded"),
      step("a", "copy", "running"),
      step("b", "dump", "failed"),
    ];

    expect(tallyRun(steps)).toEqual({
      guestCounts: { queued: 0, running: 1, done: 0, failed: 1, skipped: 0, cancelled: 0, total: 2 },
      bytesDone: 80 + 10 + 10,
      bytesTotal: 80 + 100 + 10,
      failedStepCount: 1,
    });
  });
});
