"use client";

import Link from "next/link";
import { useNow, useTimeZone } from "@/components/live/clock";
import { listedAt, tookMs } from "@/components/runs/run-days";
import { runStatusLook } from "@/components/runs/run-status";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { StateIcon } from "@/components/ui/state-icon";
import { TextLink } from "@/components/ui/text-link";
import { formatFull, formatMoment } from "@/lib/client/format-time";
import type { Overview } from "@/lib/contracts/overview";
import type { RunSummary } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { formatDuration } from "@/lib/domain/units";

/** How the last runs ended. */
export function RecentRunsCard({ overview }: { overview: Overview }) {
  const recent = overview.recent.filter((run) => isRunOver(run.status));
  return (
    <Card title="Recent runs" aside={<TextLink href="/runs">All runs</TextLink>}>
      {recent.length === 0 ? (
        <EmptyState>No run has finished yet.</EmptyState>
      ) : (
        <ul className="px-4 pt-2 pb-3">
          {recent.map((run) => (
            <RecentRun key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function RecentRun({ run }: { run: RunSummary }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const { label, tone, shape } = runStatusLook[run.status];
  const at = listedAt(run);
  const took = tookMs(run);
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto_auto] items-center gap-2.5 text-table leading-7 whitespace-nowrap max-tablet:min-h-11">
      <StateIcon shape={shape} tone={tone} label={label} />
      <span className="truncate">
        <Link href={`/runs/${run.id}`} className="hover:text-accent hover:underline" title={run.policyName}>
          {run.policyName}
        </Link>
        <span className="text-fg3 tabular-nums">
          {" "}
          · {run.status === "missed" ? "did not start" : `${run.guestCounts.done} of ${run.guestCounts.total}`}
        </span>
      </span>
      <span className="text-right text-fg3 tabular-nums">{took === null ? "" : formatDuration(took)}</span>
      <time
        dateTime={new Date(at).toISOString()}
        title={formatFull(at, timeZone)}
        className="min-w-[68px] text-right text-fg3"
      >
        {formatMoment(at, now, timeZone)}
      </time>
    </li>
  );
}
