import { describe, expect, it } from "vitest";
import { freshnessOf } from "./freshness";

describe("freshnessOf", () => {
  it.each([
    [0, true, "live"],
    [24_999, true, "live"],
    [25_000, true, "reconnecting"],
    [60_000, true, "reconnecting"],
    [60_001, true, "stale"],
    [0, false, "offline"],
  ] as const)("calls a stream last heard %i ms ago, online %s, %s", (heardAgoMs, isOnline, freshness) => {
    expect(freshnessOf(heardAgoMs, isOnline)).toBe(freshness);
  });
});
