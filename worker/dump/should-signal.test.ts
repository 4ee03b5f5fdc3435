import { describe, expect, it } from "vitest";
import { shouldSignal } from "./should-signal";

const asked = { isWhole: false, isGrowing: true, signals: 1, sinceSignalMs: 11_000 };

describe("shouldSignal", () => {
  it.each([
    ["asks once in any case", { ...asked, isGrowing: false, signals: 0 }, true],
    ["asks again while the archive grows on as if nothing was said", asked, true],
    ["gives it time", { ...asked, sinceSignalMs: 9_000 }, false],
    ["lets it clean up once nothing grows", { ...asked, isGrowing: false }, false],
    ["lets it start the guest again once the archive is whole", { ...asked, isWhole: true, signals: 0 }, false],
    ["never sends the fourth signal, which would kill it", { ...asked, signals: 3 }, false],
  ])("%s", (_, dump, expected) => {
    expect(shouldSignal(dump)).toBe(expected);
  });
});
