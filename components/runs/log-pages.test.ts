import { describe, expect, it } from "vitest";
import type { LogLine } from "@/lib/contracts/runs";
import { type LogPages, linesOf, olderThan, withNewLines } from "./log-pages";

const line = (seq: number, level: LogLine["level"] = "info"): LogLine => ({
  seq,
  at: "2026-11-19T02:00:00.000Z",
  level,
  stepId: null,
  source: "dump",
  text: `line ${seq}`,
});

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => line(from + at));
const log = (from: number, to: number): LogPages => ({
  pages: [{ lines: lines(from, to), matchCount: to, lineCount: to }],
  pageParams: [null],
});
const all = () => true;
const seqs = (result: LogPages | "gap") => (result === "gap" ? result : linesOf(result).map(({ seq }) => seq));

describe("withNewLines", () => {
  it("appends what follows", () => {
    expect(seqs(withNewLines(log(1, 3), lines(4, 5), all))).toEqual([1, 2, 3, 4, 5]);
  });

  it("drops what it knows, and sorts what came out of order", () => {
    expect(seqs(withNewLines(log(1, 3), [line(5), line(3), line(4)], all))).toEqual([1, 2, 3, 4, 5]);
  });

  it("says when lines between are missing", () => {
    expect(withNewLines(log(1, 3), lines(5, 6), all)).toBe("gap");
  });

  it("shows only what the filters let through, yet knows how far the log goes", () => {
    const isError = (of: LogLine) => of.level === "error";
    const filtered = withNewLines(log(1, 3), [line(4), line(5, "error"), line(6)], isError);

    expect(seqs(filtered)).toEqual([1, 2, 3, 5]);
    expect(filtered !== "gap" && withNewLines(filtered, [line(7, "error")], isError)).not.toBe("gap");
  });

  it("forgets the oldest lines of a very long log", () => {
    const long = withNewLines(log(1, 11_999), lines(12_000, 12_500), all);

    expect(long !== "gap" && linesOf(long)).toHaveLength(6000);
    expect(long !== "gap" && linesOf(long).at(-1)?.seq).toBe(12_500);
  });
});

describe("olderThan", () => {
  it("goes on before the first line of a full page, and ends with a page that is not full", () => {
    expect(olderThan({ lines: lines(501, 1000), matchCount: 0, lineCount: 1000 }, 500)).toBe(501);
    expect(olderThan({ lines: lines(1, 499), matchCount: 0, lineCount: 499 }, 500)).toBeNull();
    expect(olderThan({ lines: lines(1, 500), matchCount: 0, lineCount: 500 }, 500)).toBeNull();
  });
});
