import { describe, expect, it } from "vitest";
import { formatCount, formatPercent, formatSizeOf } from "./format-size";

const gib = 1024 ** 3;

describe("sizes, shares and counts", () => {
  it("prints a part in the unit of its whole", () => {
    expect(formatSizeOf(24.1 * gib, 86.4 * gib)).toBe("24.1 of 86.4 GiB");
    expect(formatSizeOf(1.39 * 1024 * gib, 2.39 * 1024 * gib)).toBe("1.39 of 2.39 TiB");
    expect(formatSizeOf(0, 1000)).toBe("0.00 of 0.98 KiB");
    expect(formatSizeOf(10 * 1024, 2 * gib)).toBe("0.00 of 2.00 GiB");
  });

  it("does not say 100 % before the end, nor 0 % once something moved", () => {
    expect([0, 0.001, 0.589, 0.9999, 1].map(formatPercent)).toEqual(["0 %", "1 %", "58 %", "99 %", "100 %"]);
  });

  it("counts in words", () => {
    expect([formatCount(1, "guest"), formatCount(4831, "line"), formatCount(2, "copy", "copies")]).toEqual([
      "1 guest",
      "4,831 lines",
      "2 copies",
    ]);
  });
});
