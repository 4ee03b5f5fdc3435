import type { LogLine, RunLogPage } from "@/lib/contracts/runs";

/** Lines held at most while the end is followed; what is older is asked for again when somebody scrolls up to it. */
const mostLines = 12_000;

export type LogPages = {
  /** The newest first, as they were asked for; each in the order of the log. */
  pages: RunLogPage[];
  pageParams: (number | null)[];
};

/** The number of the last line the pages know of, whether or not the filters show it. */
export function tailSeq(log: Pick<LogPages, "pages">): number {
  const [newest] = log.pages;
  return Math.max(newest?.lineCount ?? 0, newest?.lines.at(-1)?.seq ?? 0);
}

/**
 * The log with new lines at its end. "gap" when lines between are missing, because events can be late or lost; the caller
 * then asks for everything after tailSeq. Lines that are known already are dropped.
 */
export function withNewLines(
  log: LogPages,
  lines: readonly LogLine[],
  isShown: (line: LogLine) => boolean,
): LogPages | "gap" {
  const [newest, ...older] = log.pages;
  if (!newest) return log;
  const tail = tailSeq(log);
  const fresh = lines.filter((line) => line.seq > tail).toSorted((a, b) => a.seq - b.seq);
  const [first] = fresh;
  const last = fresh.at(-1);
  if (!first || !last) return log;
  if (first.seq > tail + 1) return "gap";
  const shown = fresh.filter(isShown);
  const page = {
    lines: [...newest.lines, ...shown],
    matchCount: newest.matchCount + shown.length,
    lineCount: last.seq,
  };
  if (page.lines.length <= mostLines) return { ...log, pages: [page, ...older] };
  return { pages: [{ ...page, lines: page.lines.slice(-mostLines / 2) }], pageParams: log.pageParams.slice(0, 1) };
}

/** All lines in the order of the log. */
export function linesOf(log: Pick<LogPages, "pages">): LogLine[] {
  return log.pages.toReversed().flatMap((page) => page.lines);
}

/** Where the page before the oldest one ends; null when there is none. */
export function olderThan(oldest: RunLogPage, pageSize: number): number | null {
  const [first] = oldest.lines;
  return first && oldest.lines.length >= pageSize && first.seq > 1 ? first.seq : null;
}
