"use client";

import { cva } from "class-variance-authority";
import { type CSSProperties, memo, useId, useState } from "react";
import { useTimeZone } from "@/components/live/clock";
import { StateIcon } from "@/components/ui/state-icon";
import { toneText } from "@/components/ui/tone";
import type { RunDetail, RunGuest } from "@/lib/contracts/runs";
import { type Slot, slots } from "@/lib/domain/destination";
import { guestLabel } from "@/lib/domain/guest";
import { GuestFaults, GuestSteps } from "./guest-steps";
import { guestWords } from "./guest-words";
import { guestStatusLook } from "./run-status";
import { type Bar, barsOf, percentAt, type Timeline } from "./timeline";

type GuestRowProps = { guest: RunGuest; run: RunDetail; timeline: Timeline; now: number; isFaultShown: boolean };

/** One guest on the timeline; opens to its steps. What failed says why without a press. */
export function GuestRow({ guest, run, timeline, now, isFaultShown }: GuestRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const timeZone = useTimeZone();
  const stepsId = useId();
  const { label, tone, shape } = guestStatusLook[guest.status];
  const name = guestLabel(guest);
  return (
    <li className="scroll-mt-4">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={stepsId}
        onClick={() => setIsOpen(!isOpen)}
        className="grid min-h-[30px] w-full grid-cols-[16px_108px_minmax(0,1fr)_96px] items-center gap-x-2 rounded-[4px] text-left text-meta hover:bg-hover max-tablet:min-h-11 max-tablet:grid-cols-[16px_minmax(0,1fr)_auto] max-tablet:gap-y-[5px] max-tablet:py-1.5"
      >
        <StateIcon shape={shape} tone={tone} label={label} />
        <GuestName guest={guest} title={`${name}, ${guest.nodeName}`} />
        <Lanes guest={guest} timeline={timeline} now={now} />
        <span
          className={`text-right text-axis whitespace-nowrap tabular-nums ${toneText[guest.status === "done" ? "idle" : tone]}`}
        >
          {guestWords(guest, timeZone)}
        </span>
      </button>
      <div id={stepsId} className="relative z-1 empty:hidden">
        {(isFaultShown || isOpen) && <GuestFaults guest={guest} run={run} />}
        {isOpen && <GuestSteps guest={guest} />}
      </div>
    </li>
  );
}

/** "117 gitlab", the number quieter than the name. */
export function GuestName({ guest, title }: { guest: RunGuest; title: string }) {
  return (
    <span className="truncate" title={title}>
      {guest.vmid !== null && <span className="mr-1 font-medium text-fg3 tabular-nums">{guest.vmid}</span>}
      {guest.type === "host" ? `${guest.name} config` : guest.name}
    </span>
  );
}

const barClass = cva("patterned absolute h-[5px] min-w-0.5 rounded-[1.5px]", {
  variants: {
    look: { done: "bg-okq", running: "rounded-r-none bg-run", failed: "hatch", planned: "outlined" },
    layer: { local: "top-0", primary: "top-1.5", secondary: "top-3", tertiary: "top-[18px]" },
  },
});

type LanesProps = { guest: RunGuest; timeline: Timeline; now: number };

/** Said in words by the row's label and steps, so the strokes themselves are silent. */
const Lanes = memo(function Lanes({ guest, timeline, now }: LanesProps) {
  return (
    <span aria-hidden className="relative block h-[23px] max-tablet:col-span-full max-tablet:row-start-2">
      {timeline.ticks.map((at) => (
        <span key={at} className="absolute inset-y-0 w-px bg-line" style={{ left: `${percentAt(timeline, at)}%` }} />
      ))}
      {slots.flatMap((slot) =>
        barsOf(guest, slot, timeline, now).map((bar) => <Stroke key={bar.key} slot={slot} bar={bar} />),
      )}
    </span>
  );
});

function Stroke({ slot, bar }: { slot: Slot; bar: Bar }) {
  const place: CSSProperties = { left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` };
  return <span className={barClass({ look: bar.look, layer: slot })} style={place} />;
}
