"use client";

import { cva } from "class-variance-authority";
import { useRouter } from "next/navigation";
import { type CSSProperties, type KeyboardEvent, useRef } from "react";
import { useNow } from "@/components/live/clock";
import { Card } from "@/components/ui/card";
import { formatDay, formatWeekdayDay } from "@/lib/client/format-time";
import type { Overview } from "@/lib/contracts/overview";
import { type Slot, slotLabel } from "@/lib/domain/destination";

type Night = Overview["nights"][number]["days"][number];
type Look = "good" | "some" | "failed" | "none";

const cellClass = cva("patterned block h-[15px] rounded-[3px]", {
  variants: {
    look: {
      good: "bg-okq",
      some: "bg-[linear-gradient(to_top,var(--color-warn)_var(--ratio),var(--color-okq)_var(--ratio))]",
      failed: "hatch",
      none: "outlined",
    },
  },
});

/** Nights with nothing due are outlined: neither good nor bad. A night is failed when nothing due came out good. */
function lookOf(night: Night): Look {
  if (night.due === 0) return "none";
  if (night.good >= night.due) return "good";
  return night.good === 0 && night.failed > 0 ? "failed" : "some";
}

/** How each destination fared, night by night; today is the last. */
export function NightsCard({ overview }: { overview: Overview }) {
  const nights = overview.nights.filter(({ days }) => days.length > 0);
  const days = nights[0]?.days ?? [];
  if (days.length === 0) return null;
  return (
    <Card title={`Last ${days.length} nights`} aside={<Legend />}>
      <NightGrid nights={nights} />
      <DayAxis days={days} />
    </Card>
  );
}

function Legend() {
  return (
    <span className="flex gap-3.5 max-tablet:hidden">
      {(
        [
          ["good", "all good"],
          ["some", "some missing"],
          ["failed", "failed"],
          ["none", "none due"],
        ] as const
      ).map(([look, word]) => (
        <span key={look} className="inline-flex items-center gap-1.5">
          <span aria-hidden className="w-3.5">
            <span className={cellClass({ look })} style={{ "--ratio": "36%" } as CSSProperties} />
          </span>
          {word}
        </span>
      ))}
    </span>
  );
}

/** A grid with one tab stop; arrow keys move, Enter opens that day's runs. On a phone only the last two weeks are shown. */
function NightGrid({ nights }: { nights: Overview["nights"] }) {
  const router = useRouter();
  const grid = useRef<HTMLDivElement>(null);
  const count = nights[0]?.days.length ?? 0;
  const columns = { "--days": count, "--days-phone": Math.min(14, count) } as CSSProperties;

  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[role=gridcell]");
    if (!step || !cell) return;
    event.preventDefault();
    const [rowStep = 0, columnStep = 0] = step;
    const row = Number(cell.dataset.row) + rowStep;
    const column = Number(cell.dataset.column) + columnStep;
    const next = grid.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`);
    if (!next?.offsetParent) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a strip of cells with roving focus (WAI-ARIA grid) is no data table
    <div
      ref={grid}
      role="grid"
      aria-label="Good copies per night and destination"
      onKeyDown={move}
      className="grid gap-[3px] px-4 pt-2.5"
      style={columns}
    >
      {nights.map(({ slot, days }, row) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid
        <div
          key={slot}
          role="row"
          tabIndex={-1}
          className="grid grid-cols-[76px_repeat(var(--days),1fr)] items-center gap-[3px] text-meta text-fg2 max-tablet:grid-cols-[72px_repeat(var(--days-phone),1fr)]"
        >
          {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
          <span role="rowheader" tabIndex={-1}>
            {slotLabel[slot]}
          </span>
          {days.map((night, column) => (
            <NightCell
              key={night.day}
              slot={slot}
              night={night}
              row={row}
              column={column}
              isLast={row === 0 && column === count - 1}
              isOld={column < count - 14}
              onOpen={() => router.push(`/runs?from=${night.day}&to=${night.day}`)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

type NightCellProps = {
  slot: Slot;
  night: Night;
  row: number;
  column: number;
  isLast: boolean;
  isOld: boolean;
  onOpen: () => void;
};

function NightCell({ slot, night, row, column, isLast, isOld, onOpen }: NightCellProps) {
  const now = useNow(3_600_000);
  const look = lookOf(night);
  const missing = night.due === 0 ? 0 : 1 - night.good / night.due;
  const day = formatWeekdayDay(Date.parse(`${night.day}T12:00:00Z`), now, "UTC");
  const failed = night.failed > 0 ? `, ${night.failed} failed` : "";
  const label =
    night.due === 0
      ? `${day}, ${slotLabel[slot]}: none due`
      : `${day}, ${slotLabel[slot]}: ${night.good} of ${night.due} good${failed}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    <span
      role="gridcell"
      tabIndex={isLast ? 0 : -1}
      data-row={row}
      data-column={column}
      data-tooltip={label}
      aria-label={label}
      onClick={onOpen}
      onKeyDown={(event) => event.key === "Enter" && onOpen()}
      className={`cursor-pointer rounded-[3px] ${isOld ? "max-tablet:hidden" : ""}`}
    >
      <span
        className={cellClass({ look })}
        style={{ "--ratio": `${Math.round(Math.max(0.3, Math.min(0.8, missing)) * 100)}%` } as CSSProperties}
      />
    </span>
  );
}

function DayAxis({ days }: { days: readonly Night[] }) {
  const now = useNow(3_600_000);
  return (
    <div aria-hidden className="relative mx-4 mt-1 mb-2.5 ml-[95px] h-4 text-axis text-fg3 max-tablet:hidden">
      {days.map((night, at) => {
        const fromEnd = days.length - 1 - at;
        if (fromEnd % 7 !== 0) return null;
        const isToday = fromEnd === 0;
        return (
          <span
            key={night.day}
            className={`absolute whitespace-nowrap ${isToday ? "right-0" : ""}`}
            style={isToday ? undefined : { left: `${(at / days.length) * 100}%` }}
          >
            {isToday ? "today" : formatDay(Date.parse(`${night.day}T12:00:00Z`), now, "UTC")}
          </span>
        );
      })}
    </div>
  );
}
