"use client";

import { ArrowDownToLine, Download, WrapText } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { QueryError } from "@/components/shell/query-error";
import { useShortcuts } from "@/components/shell/shortcuts";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { IconButton, IconDownload } from "@/components/ui/icon-button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { formatCount } from "@/lib/client/format-size";
import { type LogFilters, runLogHref } from "@/lib/client/runs";
import type { LogLine, RunDetail } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { LogFilterBar } from "./log-filter-bar";
import { LogLines, type LogLinesHandle } from "./log-lines";
import { logLevels, useLogPlace } from "./use-log-place";
import { useRunLog } from "./use-run-log";

/** A run's log: followed while it grows, searched and filtered by the server, downloadable in full. */
export function RunLog({ run }: { run: RunDetail }) {
  const { place, setPlace } = useLogPlace();
  const { guest, level, step, lq } = place;
  const filters: LogFilters = {
    ...(guest && { guest }),
    ...(level && { level }),
    ...(step && { step }),
    ...(lq && { q: lq }),
  };
  const isFiltered = Object.keys(filters).length > 0;
  const guestIdByStep = useMemo(
    () => new Map(run.guests.flatMap((of) => of.steps.map(({ id }) => [id, of] as const))),
    [run.guests],
  );
  const isShown = (line: LogLine) =>
    (!level || logLevels.indexOf(line.level) >= logLevels.indexOf(level)) &&
    (!step || line.stepId === step) &&
    (!guest || guestIdByStep.get(line.stepId ?? "")?.guestId === guest) &&
    (!lq || line.text.toLowerCase().includes(lq.toLowerCase()));
  const log = useRunLog(run.id, filters, isShown);

  const [isWrapped, setIsWrapped] = useState(false);
  const [follow, setFollow] = useState({ isOn: true, seenCount: 0 });
  const list = useRef<LogLinesHandle>(null);
  const isGrowing = !isRunOver(run.status);
  const jumpToEnd = () => {
    setFollow({ isOn: true, seenCount: log.lines.length });
    list.current?.scrollToEnd();
  };
  useShortcuts({
    f: jumpToEnd,
    e: () => {
      if (!list.current?.scrollToNextError()) void setPlace({ level: "error" });
    },
  });

  const newCount = follow.isOn ? 0 : log.lines.length - follow.seenCount;
  return (
    <>
      <div className="flex items-center gap-1.5 border-b max-tablet:flex-wrap border-line py-2.5 pr-2.5 pl-3">
        <LogFilterBar run={run} />
        <IconButton label="Wrap lines" aria-pressed={isWrapped} onClick={() => setIsWrapped(!isWrapped)}>
          <WrapText aria-hidden />
        </IconButton>
        <IconDownload label="Download log" href={runLogHref(run.id, "text")}>
          <Download aria-hidden />
        </IconDownload>
      </div>
      <LogBody
        run={run}
        log={log}
        isFiltered={isFiltered}
        onClear={() => void setPlace({ guest: null, level: null, step: null, lq: null })}
      >
        <LogLines
          // Another filter is another list: its measured heights and its place are not this one's.
          key={JSON.stringify([filters, isWrapped])}
          ref={list}
          lines={log.lines}
          guestByStep={guestIdByStep}
          query={lq}
          isWrapped={isWrapped}
          isFollowing={follow.isOn}
          onFollowChange={(isOn) => setFollow({ isOn, seenCount: log.lines.length })}
          hasOlder={log.hasOlder}
          isLoadingOlder={log.isLoadingOlder}
          onOlder={() => void log.loadOlder()}
        />
      </LogBody>
      <div className="flex min-h-9 items-center gap-3.5 border-t border-line px-3 py-1 text-meta max-tablet:pb-3">
        <FollowState isGrowing={isGrowing} isFollowing={follow.isOn} />
        <span className="text-fg3 tabular-nums">
          {isFiltered
            ? `${log.matchCount.toLocaleString("en-GB")} of ${formatCount(log.lineCount, "line")}`
            : formatCount(log.lineCount, "line")}
        </span>
        <span className="ml-auto text-fg3">
          {follow.isOn ? (
            isGrowing && <span className="max-tablet:hidden">Scroll up to pause</span>
          ) : (
            <Button size="small" variant="quiet" onClick={jumpToEnd}>
              <ArrowDownToLine aria-hidden />
              {newCount > 0 ? `${formatCount(newCount, "new line")}, jump to end` : "Jump to end"}
            </Button>
          )}
        </span>
      </div>
    </>
  );
}

function FollowState({ isGrowing, isFollowing }: { isGrowing: boolean; isFollowing: boolean }) {
  if (!isGrowing) return null;
  return (
    <span className="flex items-center gap-2 text-fg2">
      <span
        aria-hidden
        className={`patterned size-2 rounded-full ring-3 ${isFollowing ? "bg-run ring-run-tint" : "bg-transparent ring-line"}`}
      />
      {isFollowing ? "Following" : "Paused"}
    </span>
  );
}

type LogBodyProps = {
  run: RunDetail;
  log: ReturnType<typeof useRunLog>;
  isFiltered: boolean;
  onClear: () => void;
  children: React.ReactNode;
};

function LogBody({ run, log, isFiltered, onClear, children }: LogBodyProps) {
  if (log.error && log.lines.length === 0)
    return (
      <div className="min-h-0 flex-1 bg-log">
        <QueryError what="the log" error={log.error} onRetry={() => void log.refetch()} />
      </div>
    );
  if (log.isPending)
    return (
      <div className="min-h-0 flex-1 overflow-hidden bg-log">
        <SkeletonRows count={14} height={10} label="Loading the log" />
      </div>
    );
  if (log.lines.length > 0) return children;
  return (
    <div className="min-h-0 flex-1 bg-log">
      {isFiltered ? (
        <EmptyState
          action={
            <Button size="small" onClick={onClear}>
              Clear filters
            </Button>
          }
        >
          No lines match these filters.
        </EmptyState>
      ) : (
        <EmptyState>
          {isRunOver(run.status) ? "This run wrote no log." : "The first lines appear when the run starts."}
        </EmptyState>
      )}
    </div>
  );
}
