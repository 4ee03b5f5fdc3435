import { describe, expect, it } from "vitest";
import { createClusterSet } from "./cluster-set";

const pageClusters = 32 * 1024;

describe("createClusterSet", () => {
  it("takes each cluster once", () => {
    const set = createClusterSet({ pagesInUse: 0 });

    expect([set.add(5), set.add(5), set.add(pageClusters + 5), set.add(pageClusters + 5)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("finds the lowest cluster that is missing", () => {
    const set = createClusterSet({ pagesInUse: 0 });
    for (let cluster = 0; cluster < 100; cluster += 1) if (cluster !== 42) set.add(cluster);

    expect(set.firstMissing(100)).toBe(42);
    set.add(42);
    expect(set.firstMissing(100)).toBeUndefined();
    expect(set.firstMissing(101)).toBe(100);
    expect(set.firstMissing(3 * pageClusters)).toBe(100);
  });

  it("keeps no memory for what is full, so a disk in order costs one page however large it is", () => {
    const budget = { pagesInUse: 0 };
    const set = createClusterSet(budget);
    let most = 0;
    for (let cluster = 0; cluster < 10 * pageClusters; cluster += 1) {
      set.add(cluster);
      most = Math.max(most, budget.pagesInUse);
    }

    expect([most, budget.pagesInUse]).toEqual([1, 0]);
    expect(set.add(7)).toBe(false);
    expect(set.firstMissing(10 * pageClusters)).toBeUndefined();
  });

  it("refuses to follow clusters scattered over more than 64 MiB of pages", () => {
    const set = createClusterSet({ pagesInUse: 0 });
    const scatter = () => {
      for (let page = 0; page <= 16_384; page += 1) set.add(page * pageClusters);
    };

    expect(scatter).toThrow(expect.objectContaining({ code: "archive_unreadable" }));
  });
});
