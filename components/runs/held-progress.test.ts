import { describe, expect, it } from "vitest";
import { holdProgress, isStalled } from "./held-progress";

const seen = (bytesDone: number, bytesTotal: number, at = 0) => ({ bytesDone, bytesTotal, at });

describe("holdProgress", () => {
  it("moves on with the bytes", () => {
    expect(holdProgress(holdProgress(undefined, seen(10, 100)), seen(58, 100)).shownRatio).toBe(0.58);
  });

  it("holds the percent while the whole grows, and says by how much", () => {
    const held = holdProgress(holdProgress(undefined, seen(50, 100)), seen(50, 125));

    expect(held).toMatchObject({ shownRatio: 0.5, bytesTotal: 125, grewBytes: 25 });
  });

  it("goes on once the moved bytes have caught up", () => {
    const held = holdProgress(holdProgress(undefined, seen(50, 100)), seen(50, 125));

    expect(holdProgress(held, seen(75, 125))).toMatchObject({ shownRatio: 0.6, grewBytes: 0 });
  });

  it("calls a run stalled after two minutes without a byte", () => {
    const held = holdProgress(holdProgress(undefined, seen(50, 100, 0)), seen(50, 100, 60_000));

    expect([isStalled(held, 120_000), isStalled(held, 120_001)]).toEqual([false, true]);
    expect(isStalled(holdProgress(held, seen(51, 100, 119_000)), 120_001)).toBe(false);
  });
});
