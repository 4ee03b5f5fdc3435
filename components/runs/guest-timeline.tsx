"use client";

import { useState } from "react";
import { useNow, useTimeZone } from "@/components/live/clock";
import { formatClock, formatClockSeconds } from "@/lib/client/format-time";
import type { RunDetail } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { GuestRow } from "./guest-row";
import { type GuestGroup, groupGuests } from "./guest-words";
import { guestStatusLook } from "./run-status";
import { percentAt, readableTicks, type Timeline, timelineOf } from "./timeline";

/** From how many rows on a group of quiet guests shows only its first. */
const quietRows = 8;
const mostFaultsShown = 3;

/** Each guest as four thin layers in time: Local, Primary, Secondary, Tertiary. */
export function GuestTimeline({ run }: { run: RunDetail }) {
  const now = useNow(1000);
  const timeline = timelineOf(run, now);
  const nowPercent = isRunOver(run.status) ? null : percentAt(timeline, now);
  return (
    <>
      <Axis timeline={timeline} nowPercent={nowPercent} />
      <div className="relative min-h-0 flex-1 overflow-y-auto px-4 pb-7 [scrollbar-width:thin] tablet:fade-bottom">
        <div className="relative">
          {nowPercent !== null && <NowLine percent={nowPercent} />}
          {groupGuests(run.guests).map((group) => (
            <Group key={group.status} group={group} run={run} timeline={timeline} now={now} />
          ))}
        </div>
      </div>
    </>
  );
}

function Axis({ timeline, nowPercent }: { timeline: Timeline; nowPercent: number | null }) {
  const timeZone = useTimeZone();
  const format = timeline.tickMs < 60_000 ? formatClockSeconds : formatClock;
  return (
    <div
      aria-hidden
      className="grid grid-cols-[132px_1fr_104px] px-4 pt-2.5 pb-1 text-axis text-fg3 tabular-nums max-tablet:grid-cols-1"
    >
      <span className="relative col-start-2 h-4 max-tablet:col-start-1">
        {readableTicks(timeline, nowPercent).map((at) => {
          const percent = percentAt(timeline, at);
          return (
            <span
              key={at}
              className={`absolute ${percent < 4 ? "" : "-translate-x-1/2"}`}
              style={{ left: `${percent}%` }}
            >
              {format(at, timeZone)}
            </span>
          );
        })}
        {nowPercent !== null && (
          <span
            className={`absolute bg-surface px-1 font-heading text-run-text ${nowPercent > 96 ? "-translate-x-full" : "-translate-x-1/2"}`}
            style={{ left: `${nowPercent}%` }}
          >
            now
          </span>
        )}
      </span>
    </div>
  );
}

function NowLine({ percent }: { percent: number }) {
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute inset-y-0 right-[104px] left-[132px] max-tablet:inset-x-0"
    >
      <span className="absolute -top-0.5 bottom-0 w-[1.5px] bg-run/60" style={{ left: `${percent}%` }} />
    </span>
  );
}

type GroupProps = { group: GuestGroup; run: RunDetail; timeline: Timeline; now: number };

function Group({ group, run, timeline, now }: GroupProps) {
  const [isWhole, setIsWhole] = useState(false);
  const isQuiet = group.status === "done" || group.status === "queued";
  const isCut = isQuiet && !isWhole && group.guests.length > quietRows + 2 && run.guests.length > 16;
  const shown = isCut ? group.guests.slice(0, quietRows) : group.guests;
  return (
    <section aria-label={guestStatusLook[group.status].label}>
      <h3 className="flex items-baseline gap-[7px] pt-1.5 pb-px text-axis font-strong text-fg2">
        {guestStatusLook[group.status].label}
        <span className="font-normal text-fg3 tabular-nums">{group.guests.length}</span>
        {(isCut || (isWhole && isQuiet)) && (
          <button
            type="button"
            className="ml-auto min-h-6 font-normal hover:text-accent"
            onClick={() => setIsWhole(!isWhole)}
          >
            {isWhole ? "Show fewer" : "Show all"}
          </button>
        )}
      </h3>
      <ul>
        {shown.map((guest, at) => (
          <GuestRow
            key={guest.guestId}
            guest={guest}
            run={run}
            timeline={timeline}
            now={now}
            // One cause may fail every guest: then it is said once, and of the others when they are opened.
            isFaultShown={at === 0 || group.guests.length <= mostFaultsShown}
          />
        ))}
      </ul>
    </section>
  );
}
