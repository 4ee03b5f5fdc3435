import { describe, expect, it } from "vitest";
import { verdictOf } from "./verdict-words";

const counts = (change: Partial<Parameters<typeof verdictOf>[0]>) => ({
  protected: 0,
  reduced: 0,
  at_risk: 0,
  unprotected: 0,
  excluded: 0,
  archived: 0,
  ...change,
});

describe("verdictOf", () => {
  it("counts reduced guests as protected, and asks nothing of excluded and archived ones", () => {
    expect(verdictOf(counts({ protected: 40, reduced: 2, at_risk: 1, excluded: 3, archived: 9 }))).toEqual({
      count: { good: 42, total: 43 },
      sentence: "guests protected",
      chips: [{ tone: "warning", shape: "alert", text: "1 at risk" }],
    });
  });

  it("puts unprotected guests before those at risk", () => {
    expect(verdictOf(counts({ protected: 1, at_risk: 2, unprotected: 3 })).chips.map(({ text }) => text)).toEqual([
      "3 unprotected",
      "2 at risk",
    ]);
  });

  it("says so when no guest is protected, and when there is none", () => {
    expect(verdictOf(counts({ unprotected: 8 })).sentence).toBe("No guest is protected yet");
    expect(verdictOf(counts({})).sentence).toBe("No guests yet");
  });
});
