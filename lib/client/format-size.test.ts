import { describe, expect, it } from "vitest";
import { formatCount, formatPercent, formatRate, formatSize, formatSizeOf } from "./format-size";

const gib = 1024 ** 3;

describe("formatSize", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "0.98 KiB"],
    [2_458, "2.40 KiB"],
    [38.2 * gib, "38.2 GiB"],
    [612 * gib, "612 GiB"],
    [1023.9 * gib, "1.00 TiB"],
    [1.39 * 1024 * gib, "1.39 TiB"],
  ])("prints %d bytes as %s", (sizeBytes, text) => {
    expect(formatSize(sizeBytes)).toBe(text);
  });
});

describe("the other printings", () => {
  it("prints a part in the unit of its whole", () => {
    expect(formatSizeOf(24.1 * gib, 86.4 * gib)).toBe("24.1 of 86.4 GiB");
    expect(formatSizeOf(10 * 1024, 2 * gib)).toBe("0.00 of 2.00 GiB");
  });

  it("prints rates per second", () => {
    expect(formatRate(118 * 1024 ** 2)).toBe("118 MiB/s");
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
