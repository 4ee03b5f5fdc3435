"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useNow, useTimeZone } from "@/components/live/clock";
import { StateIcon } from "@/components/ui/state-icon";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import type { RunDetail, RunGuest, StepView } from "@/lib/contracts/runs";
import { type Slot, slotLabel } from "@/lib/domain/destination";
import { guestLabel } from "@/lib/domain/guest";
import { formatBytes } from "@/lib/domain/units";
import { GuestName } from "./guest-row";
import { durationOf, guestWords } from "./guest-words";
import { guestStatusLook, stepName, stepStatusLook } from "./run-status";

const columns = {
  status: { label: "State", by: (guest: RunGuest) => Object.keys(guestStatusLook).indexOf(guest.status) },
  guest: { label: "Guest", by: (guest: RunGuest) => guest.vmid ?? 0 },
  node: { label: "Node", by: (guest: RunGuest) => guest.nodeName },
  size: { label: "Size", by: (guest: RunGuest) => -guest.expectedBytes },
} as const;

type Column = keyof typeof columns;

/** The timeline's facts in rows and columns: sortable, and what a screen reader reads best. */
export function GuestTable({ run }: { run: RunDetail }) {
  const [sort, setSort] = useState<{ column: Column; isDown: boolean }>({ column: "status", isDown: false });
  const sorted = run.guests.toSorted((a, b) => {
    const [left, right] = [columns[sort.column].by(a), columns[sort.column].by(b)];
    const order = left < right ? -1 : Number(left > right);
    return sort.isDown ? -order : order;
  });
  const head = (column: Column, align?: "end") => (
    <SortHead
      label={columns[column].label}
      align={align}
      direction={sort.column === column ? sort.isDown : null}
      onSort={() => setSort({ column, isDown: sort.column === column && !sort.isDown })}
    />
  );
  const slots = run.destinations.map(({ slot }) => slot);
  return (
    <div className="mt-2 min-h-0 flex-1 overflow-auto [scrollbar-width:thin]">
      <Table
        caption={`Guests of ${run.policyName} #${run.number}`}
        head={
          <>
            {head("status")}
            {head("guest")}
            {head("node")}
            {slots.map((slot) => (
              <HeadCell key={slot}>{slotLabel[slot]}</HeadCell>
            ))}
            {head("size", "end")}
            <HeadCell align="end">Took</HeadCell>
          </>
        }
      >
        <tbody>
          {sorted.map((guest) => (
            <TableRow key={guest.guestId} guest={guest} slots={slots} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function TableRow({ guest, slots }: { guest: RunGuest; slots: readonly Slot[] }) {
  const timeZone = useTimeZone();
  useNow(5000);
  const { label, tone, shape } = guestStatusLook[guest.status];
  return (
    <Row>
      <Cell>
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <StateIcon shape={shape} tone={tone} />
          {guest.status === "done" ? label : guestWords(guest, timeZone)}
        </span>
      </Cell>
      <Cell tone="strong">
        <span className="block max-w-[18ch] truncate">
          <GuestName guest={guest} title={guestLabel(guest)} />
        </span>
      </Cell>
      <Cell>{guest.nodeName}</Cell>
      {slots.map((slot) => (
        <Cell key={slot}>
          <SlotState steps={guest.steps.filter((step) => step.slot === slot && step.kind !== "prune")} />
        </Cell>
      ))}
      <Cell align="end">{formatBytes(guest.expectedBytes)}</Cell>
      <Cell align="end" tone="meta">
        {durationOf(guest) ?? ""}
      </Cell>
    </Row>
  );
}

/** How far a guest is at one destination: the first step there that is not done, else the last. */
function SlotState({ steps }: { steps: readonly StepView[] }) {
  const step = steps.find(({ status }) => status !== "succeeded") ?? steps.at(-1);
  if (!step) return <span className="text-fg3">none</span>;
  const { label, tone, shape } = stepStatusLook[step.status];
  const word = step.status === "succeeded" ? "Verified" : label;
  return (
    <span className="inline-flex items-center gap-1.5" title={`${stepName(step)}: ${label.toLowerCase()}`}>
      <StateIcon shape={shape} tone={tone} size="small" label={step.kind === "seal" ? "Checked" : word} />
    </span>
  );
}

type SortHeadProps = { label: ReactNode; align?: "end" | undefined; direction: boolean | null; onSort: () => void };

function SortHead({ label, align, direction, onSort }: SortHeadProps) {
  const Arrow = direction ? ArrowDown : ArrowUp;
  const words = direction ? "descending" : "ascending";
  return (
    <HeadCell align={align ?? "start"} sort={direction === null ? undefined : words}>
      <button type="button" onClick={onSort} className="inline-flex min-h-6 items-center gap-1 hover:text-fg">
        {label}
        {direction !== null && <Arrow className="size-3" aria-hidden />}
      </button>
    </HeadCell>
  );
}
