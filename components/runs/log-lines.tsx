"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { cva } from "class-variance-authority";
import { memo, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { useTimeZone } from "@/components/live/clock";
import { formatClockSeconds } from "@/lib/client/format-time";
import type { LogLine, RunGuest } from "@/lib/contracts/runs";
import { guestLabel } from "@/lib/domain/guest";

const rowHeight = 21;
/** Nearer to the end than this counts as being at the end. */
const endSlack = 30;

export type LogLinesHandle = {
  scrollToEnd: () => void;
  /** False when there is no error further down among the lines at hand. */
  scrollToNextError: () => boolean;
};

type LogLinesProps = {
  ref: Ref<LogLinesHandle>;
  lines: readonly LogLine[];
  guestByStep: ReadonlyMap<string, RunGuest>;
  query: string;
  isWrapped: boolean;
  isFollowing: boolean;
  onFollowChange: (isFollowing: boolean) => void;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onOlder: () => void;
};

/** The lines themselves, of which only those in view are in the page. Following ends with any scroll upwards. */
export function LogLines(props: LogLinesProps) {
  const { ref, lines, guestByStep, query, isWrapped, isFollowing, onFollowChange, hasOlder, isLoadingOlder, onOlder } =
    props;
  const timeZone = useTimeZone();
  const scroller = useRef<HTMLDivElement>(null);
  const firstSeq = useRef<number | undefined>(undefined);
  const lastError = useRef(-1);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => lines[at]?.seq ?? at,
    overscan: 12,
  });

  const scrollToEnd = () => virtual.scrollToIndex(lines.length - 1, { align: "end" });
  useImperativeHandle(ref, () => ({
    scrollToEnd,
    scrollToNextError: () => {
      const at = lines.findIndex((line, index) => index > lastError.current && line.level === "error");
      lastError.current = at;
      if (at < 0) return false;
      onFollowChange(false);
      virtual.scrollToIndex(at, { align: "center" });
      return true;
    },
  }));

  const count = lines.length;
  const first = lines[0]?.seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new lines move the view, not a new virtualizer
  useEffect(() => {
    const before = firstSeq.current;
    firstSeq.current = first;
    if (isFollowing) return scrollToEnd();
    // Older lines came in above: keep what was read where it was.
    const added = before === undefined || first === before ? 0 : lines.findIndex((line) => line.seq === before);
    if (added > 0 && scroller.current) scroller.current.scrollTop += added * rowHeight;
  }, [count, first, isFollowing]);

  const followScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < endSlack;
    if (isAtEnd && !isFollowing) onFollowChange(true);
    if (element.scrollTop < rowHeight * 20 && hasOlder && !isLoadingOlder && !isFollowing) onOlder();
  };
  const stopFollowing = () => isFollowing && onFollowChange(false);

  return (
    <div
      ref={scroller}
      role="log"
      aria-live="off"
      aria-label="Run log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
      tabIndex={0}
      onScroll={followScroll}
      onWheel={(event) => event.deltaY < 0 && stopFollowing()}
      onTouchMove={stopFollowing}
      onKeyDown={(event) => ["ArrowUp", "PageUp", "Home"].includes(event.key) && stopFollowing()}
      className="min-h-0 flex-1 overflow-auto bg-log font-mono text-axis focus-visible:-outline-offset-2 [overflow-anchor:none] [scrollbar-width:thin]"
    >
      <div className="relative my-2" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          if (!line) return null;
          const guest = guestByStep.get(line.stepId ?? "");
          return (
            <div
              key={key}
              ref={isWrapped ? virtual.measureElement : undefined}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line line={line} guest={guest} query={query} isWrapped={isWrapped} timeZone={timeZone} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const lineClass = cva(
  "grid grid-cols-[46px_66px_34px_50px_minmax(0,1fr)] pr-3 leading-[21px] max-tablet:grid-cols-[60px_34px_minmax(0,1fr)] max-tablet:pl-3",
  {
    variants: {
      level: {
        debug: "",
        info: "",
        warn: "bg-warn-tint shadow-[inset_3px_0_var(--color-warn)]",
        error: "bg-fail-tint shadow-[inset_3px_0_var(--color-fail)]",
      },
    },
  },
);

const textTone = {
  debug: "text-fg3",
  info: "text-fg",
  warn: "text-warn-text",
  error: "font-medium text-fail-text",
} as const;

type LineProps = { line: LogLine; guest: RunGuest | undefined; query: string; isWrapped: boolean; timeZone: string };

const Line = memo(function Line({ line, guest, query, isWrapped, timeZone }: LineProps) {
  // Meta text keeps its contrast on tinted rows only in the second tone.
  const meta = line.level === "warn" || line.level === "error" ? "text-fg2" : "text-fg3";
  return (
    <div className={lineClass({ level: line.level })}>
      <span className={`pr-3 text-right tabular-nums max-tablet:hidden ${meta}`}>{line.seq}</span>
      <time dateTime={line.at} className={meta}>
        {formatClockSeconds(Date.parse(line.at), timeZone)}
      </time>
      <span className="truncate text-fg2" title={guest && guestLabel(guest)}>
        {guest?.vmid ?? (guest ? "host" : "")}
      </span>
      <span className={`truncate max-tablet:hidden ${meta}`} title={line.source}>
        {line.source}
      </span>
      <span
        className={`${textTone[line.level]} ${isWrapped ? "wrap-anywhere whitespace-pre-wrap" : "overflow-hidden text-ellipsis whitespace-pre"}`}
        title={isWrapped ? undefined : line.text}
      >
        {line.level === "error" && <span className="sr-only">Error: </span>}
        {line.level === "warn" && <span className="sr-only">Warning: </span>}
        <Marked text={line.text} query={query} />
      </span>
    </div>
  );
});

/** The text with what was searched for marked in it. */
function Marked({ text, query }: { text: string; query: string }) {
  const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-[2px] bg-run-tint text-fg outline-1 outline-run">
        {text.slice(at, at + query.length)}
      </mark>
      {text.slice(at + query.length)}
    </>
  );
}
