"use client";

import { useNow, useTimeZone } from "@/components/live/clock";
import { SegmentBand } from "@/components/ui/segment-band";
import { StatusBadge } from "@/components/ui/status-badge";
import { formatCount } from "@/lib/client/format-size";
import { formatClock, formatWeekdayDay } from "@/lib/client/format-time";
import type { Overview } from "@/lib/contracts/overview";
import { slotLabel } from "@/lib/domain/destination";
import { formatAge } from "@/lib/domain/units";
import { verdictOf } from "./verdict-words";

/** The headline: how many guests can be restored from enough places, and at which destinations their copies are good. */
export function Verdict({ overview }: { overview: Overview }) {
  const { count, sentence, chips } = verdictOf(overview.guestCounts);
  return (
    <section className="mt-0.5 mb-1.5 grid items-center gap-10 desktop:grid-cols-[minmax(0,1fr)_420px] max-tablet:gap-[18px]">
      <div className="min-w-0">
        <Eyebrow overview={overview} />
        <h1 className="text-verdict font-heading max-tablet:text-[34px] max-tablet:leading-[39px]">
          {count && (
            <>
              {count.good} <span className="font-normal tracking-[-0.02em] text-fg3">of</span> {count.total}{" "}
            </>
          )}
          {sentence}
          {chips.map((chip) => (
            <span key={chip.text} className="relative -top-[3px] ml-2.5 inline-block align-middle leading-none">
              <StatusBadge tone={chip.tone} shape={chip.shape} size="large">
                {chip.text}
              </StatusBadge>
            </span>
          ))}
        </h1>
        <p className="mt-2 text-[14.5px] leading-[22px] text-fg2">
          <SubLine overview={overview} />
        </p>
      </div>
      {overview.coverage.length > 0 && <Coverage overview={overview} />}
    </section>
  );
}

function Eyebrow({ overview }: { overview: Overview }) {
  const now = useNow(10_000);
  const timeZone = useTimeZone();
  const guests = Object.entries(overview.guestCounts).reduce(
    (sum, [state, count]) => (state === "archived" ? sum : sum + count),
    0,
  );
  return (
    <p className="mb-1.5 text-meta text-fg3 tabular-nums">
      <time dateTime={new Date(now).toISOString()}>
        {formatWeekdayDay(now, now, timeZone)}, {formatClock(now, timeZone)}
      </time>{" "}
      · {formatCount(guests, "guest")} on {formatCount(overview.nodeCount, "node")}
    </p>
  );
}

function SubLine({ overview }: { overview: Overview }) {
  const now = useNow();
  const { worst, oldestGood } = overview;
  if (worst)
    return (
      <>
        <b className="font-strong text-fg">{worst.label}</b> {worst.text}
      </>
    );
  if (!oldestGood) return "Copies appear here after the first run.";
  return (
    <>
      Every guest can be restored. Oldest good copy:{" "}
      <b className="font-strong text-fg">
        {oldestGood.label}, {formatAge(now - Date.parse(oldestGood.at))}
      </b>
      .
    </>
  );
}

function Coverage({ overview }: { overview: Overview }) {
  return (
    <div>
      <dl className="grid gap-[3px]">
        {overview.coverage.map(({ slot, good, old, failed, total }) => (
          <div
            key={slot}
            className="grid grid-cols-[76px_1fr_56px] items-center gap-3 text-table leading-5 text-fg2"
            title={`${slotLabel[slot]}: ${good} good, ${old} out of date, ${failed} failed, of ${total}`}
          >
            <dt>{slotLabel[slot]}</dt>
            <dd>
              <SegmentBand
                size="strata"
                segments={[
                  ...(good > 0 ? [{ key: "good", weight: good, look: "done" as const }] : []),
                  ...(old > 0 ? [{ key: "old", weight: old, look: "old" as const }] : []),
                  ...(failed > 0 ? [{ key: "failed", weight: failed, look: "failed" as const }] : []),
                  ...restOf(total - good - old - failed),
                ]}
              />
            </dd>
            <dd className="text-right tabular-nums">
              <b className="font-heading text-fg">{good}</b>
              <span className="text-fg3">/{total}</span>
              <span className="sr-only">
                {" "}
                good, {old} out of date, {failed} failed
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 pl-[88px] text-axis text-fg3 max-tablet:pl-0">Good copy within its target, per destination</p>
    </div>
  );
}

const restOf = (count: number) => (count > 0 ? [{ key: "none", weight: count, look: "waiting" as const }] : []);
