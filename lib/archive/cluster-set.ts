import { unreadable } from "./unreadable";

// 32768 clusters of 64 KiB: one page follows 2 GiB of a disk.
const pageClusters = 32 * 1024;
// 64 MiB of pages: a disk of 32 TiB whose clusters come in the worst order still fits.
const maxPages = (64 * 1024 * 1024 * 8) / pageClusters;

/** Counts the pages of all sets that share it, so that a hostile archive cannot fill the memory. */
export type PageBudget = { pagesInUse: number };

type Page = { bits: Uint8Array; count: number };

export type ClusterSet = {
  /** Adds a cluster; false when it was there already. */
  add(cluster: number): boolean;
  /** The lowest cluster below `end` that was not added. */
  firstMissing(end: number): number | undefined;
};

/** Which clusters of one disk were seen. Pages exist only while they are neither empty nor full. */
export function createClusterSet(budget: PageBudget): ClusterSet {
  const pages = new Map<number, Page | "full">();

  function openPage(number: number): Page {
    if (budget.pagesInUse >= maxPages) throw unreadable("The VMA's clusters are in too wild an order to be followed");
    budget.pagesInUse += 1;
    const page = { bits: new Uint8Array(pageClusters / 8), count: 0 };
    pages.set(number, page);
    return page;
  }

  return {
    add(cluster) {
      const number = Math.floor(cluster / pageClusters);
      const page = pages.get(number) ?? openPage(number);
      if (page === "full") return false;
      const bit = cluster % pageClusters;
      const mask = 1 << (bit & 7);
      const byte = page.bits[bit >> 3] ?? 0;
      if (byte & mask) return false;
      page.bits[bit >> 3] = byte | mask;
      page.count += 1;
      if (page.count === pageClusters) {
        pages.set(number, "full");
        budget.pagesInUse -= 1;
      }
      return true;
    },
    firstMissing(end) {
      for (let first = 0; first < end; first += pageClusters) {
        const page = pages.get(first / pageClusters);
        if (page === "full") continue;
        if (!page) return first;
        const wanted = Math.min(pageClusters, end - first);
        for (let bit = 0; bit < wanted; bit += 1) {
          if (((page.bits[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return first + bit;
        }
      }
      return undefined;
    },
  };
}
