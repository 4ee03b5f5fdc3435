"use client";

import { useQuery } from "@tanstack/react-query";
import { cva } from "class-variance-authority";
import { useState } from "react";
import { useNow, useTimeZone } from "@/components/live/clock";
import { Select } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ProblemError } from "@/lib/client/api";
import { formatCount } from "@/lib/client/format-size";
import { formatDay, formatMoment } from "@/lib/client/format-time";
import { previewQueries } from "@/lib/client/previews";
import type { RetentionPreview } from "@/lib/contracts/previews";
import { type Slot, slotLabel, slots } from "@/lib/domain/destination";
import { guestLabel, selectGuests } from "@/lib/domain/guest";
import { formatBytes } from "@/lib/domain/units";
import { hasWholeCounts, rulesOf, selectionOf } from "./policy-draft";
import { usePolicyForm } from "./policy-form-state";
import { useSettled } from "./use-settled";

/** What the rules on screen make of a real guest's real points: which stay, which go, and why. */
export function KeepPreview() {
  const { draft, guests } = usePolicyForm();
  const chosen = selectGuests(selectionOf(draft), guests).toSorted((a, b) => b.pointCount - a.pointCount);
  const [pickedId, setPickedId] = useState<string | null>(null);
  const [pickedSlot, setPickedSlot] = useState<Slot>("local");
  const used = slots.filter((slot) => draft.slots[slot].isOn);
  const slot = used.includes(pickedSlot) ? pickedSlot : "local";
  const guest = chosen.find(({ id }) => id === pickedId) ?? chosen[0];
  const rules = rulesOf(draft.slots[slot].rules);
  const asked = useSettled(
    guest && hasWholeCounts(rules) ? { guestId: guest.id, slot, rules, timeZone: draft.timeZone } : null,
    250,
  );
  const { data, error, isPending } = useQuery(previewQueries.retention(asked));

  if (!guest) return <p className="px-4 pt-1.5 pb-3.5 text-table text-fg2">No guest is chosen.</p>;
  return (
    <div className="grid gap-3 px-4 pt-2 pb-3.5">
      <Select aria-label="Guest" value={guest.id} onChange={(event) => setPickedId(event.target.value)}>
        {chosen.map((of) => (
          <option key={of.id} value={of.id}>
            {guestLabel(of)}, {formatCount(of.pointCount, "point")}
          </option>
        ))}
      </Select>
      {used.length > 1 && (
        <div>
          <Segmented
            label="Destination"
            options={used.map((of) => ({ value: of, label: slotLabel[of] }))}
            value={slot}
            onChange={setPickedSlot}
          />
        </div>
      )}
      {error && (
        <p role="alert" className="text-table text-fail-text">
          {error instanceof ProblemError ? error.problem.cause : error.message}
        </p>
      )}
      {!error && isPending && asked !== null && <SkeletonRows count={2} height={12} label="Loading what is kept" />}
      {!error && data && <KeepResult preview={data} slot={slot} />}
    </div>
  );
}

const tickClass = cva("patterned block h-7 w-1.5 rounded-[2px]", {
  variants: {
    mark: {
      keep: "bg-okq",
      protected: "bg-okq",
      held: "bg-okq shadow-[inset_0_-6px_0_var(--color-warn)]",
      remove:
        "bg-[linear-gradient(to_top_right,transparent_44%,var(--color-fail)_44%_56%,transparent_56%)] shadow-[inset_0_0_0_1px_var(--color-idle)]",
    },
  },
});

const markWords = { keep: "kept", protected: "protected", held: "held", remove: "deleted" } as const;

type Point = RetentionPreview["points"][number];

function KeepResult({ preview, slot }: { preview: RetentionPreview; slot: Slot }) {
  const now = useNow();
  const timeZone = useTimeZone();
  if (preview.points.length === 0) {
    return <p className="text-table text-fg2">No points on {slotLabel[slot]} yet, so there is nothing to delete.</p>;
  }
  const byAge = preview.points.toSorted((a, b) => Date.parse(a.takenAt) - Date.parse(b.takenAt));
  const words = (point: Point) =>
    `${formatMoment(Date.parse(point.takenAt), now, timeZone)}, ${markWords[point.mark]}: ${point.reason}`;
  return (
    <>
      <p className="text-table tabular-nums">
        <NumbersText preview={preview} oldest={byAge.find(({ mark }) => mark !== "remove")} slot={slot} />
      </p>
      <div aria-hidden className="flex flex-wrap gap-[3px]">
        {byAge.map((point) => (
          <span key={point.id} className={tickClass({ mark: point.mark })} title={words(point)} />
        ))}
      </div>
      {preview.idleRules.map((rule) => (
        <p key={rule} className="text-meta text-warn-text">
          {rule}
        </p>
      ))}
      <details>
        <summary className="touch-target inline-flex items-center text-meta text-fg2 hover:text-accent">
          View as table
        </summary>
        <ul className="mt-1.5 max-h-64 overflow-y-auto [scrollbar-width:thin]">
          {byAge.toReversed().map((point) => (
            <li key={point.id} className="grid grid-cols-[auto_64px_1fr] gap-3 text-meta leading-6 tabular-nums">
              <span className={point.mark === "remove" ? "text-fg3 line-through" : ""}>
                {formatMoment(Date.parse(point.takenAt), now, timeZone)}
              </span>
              <span className={point.mark === "remove" ? "text-fail-text" : "text-fg2"}>{markWords[point.mark]}</span>
              <span className="truncate text-fg3" title={point.reason}>
                {point.reason}
              </span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

type NumbersProps = { preview: RetentionPreview; oldest: Point | undefined; slot: Slot };

function NumbersText({ preview, oldest, slot }: NumbersProps) {
  const now = useNow();
  const timeZone = useTimeZone();
  const { keepCount, removeCount, freedBytes, points } = preview;
  const held = points.filter(({ mark }) => mark === "held").length;
  return (
    <>
      Keeps {formatCount(keepCount, "point")}
      {oldest && `, oldest ${formatDay(Date.parse(oldest.takenAt), now, timeZone)}`}.{" "}
      {removeCount > 0 ? (
        <span className="text-fail-text">
          Deletes {removeCount} now, frees {formatBytes(freedBytes)} on {slotLabel[slot]}.
        </span>
      ) : (
        "Deletes 0 now."
      )}
      {held > 0 && ` Holds ${held} that the rules would delete.`}
    </>
  );
}
