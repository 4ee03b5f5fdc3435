import { describe, expect, it } from "vitest";

import { listPage } from "./list-objects";
import { parseRange } from "./s3-operations";

describe("listPage", () => {
  const keys = ["a", "b/1", "b/2", "b/c/3", "d", "é"];

  function allPages(maxKeys: number, delimiter = ""): string[][] {
    const pages: string[][] = [];
    let after: string | undefined = "";
    while (after !== undefined) {
      const page: ReturnType<typeof listPage> = listPage(keys, { prefix: "", delimiter, maxKeys, after });
      pages.push([...page.keys, ...page.prefixes]);
      after = page.next;
    }
    return pages;
  }

  it("walks all keys in pages, each key once", () => {
    expect(allPages(4)).toEqual([keys.slice(0, 4), keys.slice(4)]);
    expect(allPages(1).flat()).toEqual(keys);
  });

  it("folds what lies below the delimiter into one prefix, over page ends too", () => {
    expect(allPages(2, "/")).toEqual([
      ["a", "b/"],
      ["d", "é"],
    ]);
    expect(listPage(keys, { prefix: "b/", delimiter: "/", maxKeys: 9, after: "" })).toEqual({
      keys: ["b/1", "b/2"],
      prefixes: ["b/c/"],
      next: undefined,
    });
  });
});

describe("parseRange", () => {
  it("reads the three forms and stops at the end of the object", () => {
    expect(parseRange("bytes=2-5", 10)).toEqual({ start: 2, end: 5 });
    expect(parseRange("bytes=8-", 10)).toEqual({ start: 8, end: 9 });
    expect(parseRange("bytes=-3", 10)).toEqual({ start: 7, end: 9 });
    expect(parseRange("bytes=5-99", 10)).toEqual({ start: 5, end: 9 });
    expect(parseRange(undefined, 10)).toBeUndefined();
  });

  it("refuses a range behind the end", () => {
    expect(() => parseRange("bytes=10-", 10)).toThrow("The requested range is not satisfiable.");
  });
});
