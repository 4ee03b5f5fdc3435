"use client";

import { Search, X } from "lucide-react";
import { useRef } from "react";
import { useShortcuts } from "@/components/shell/shortcuts";
import type { LogLine, RunDetail } from "@/lib/contracts/runs";
import { guestLabel } from "@/lib/domain/guest";
import { stepName } from "./run-status";
import { useLogPlace } from "./use-log-place";

const fieldClass =
  "h-7 rounded-[7px] border border-button-line bg-surface text-meta text-fg shadow-hair max-tablet:h-11 max-tablet:text-lead";

/** What of the log is shown: a search, one guest or step, and the lowest level. */
export function LogFilterBar({ run }: { run: RunDetail }) {
  const { place, setPlace } = useLogPlace();
  const search = useRef<HTMLInputElement>(null);
  useShortcuts({ "/": () => search.current?.focus() });
  const step = run.guests
    .flatMap((guest) => guest.steps.map((of) => ({ guest, step: of })))
    .find((of) => of.step.id === place.step);

  return (
    <>
      <label className="relative w-36 min-w-24 flex-1 max-tablet:w-full max-tablet:flex-none">
        <span className="sr-only">Search log</span>
        <Search
          className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-fg3"
          aria-hidden
        />
        <input
          ref={search}
          type="search"
          value={place.lq}
          maxLength={200}
          placeholder="Search log"
          onChange={(event) => void setPlace({ lq: event.target.value || null })}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          className={`${fieldClass} w-full pr-2 pl-8`}
        />
      </label>
      {step ? (
        <button
          type="button"
          onClick={() => void setPlace({ step: null })}
          className={`${fieldClass} inline-flex max-w-44 items-center gap-1.5 px-2.5`}
        >
          <span className="truncate">
            {guestLabel(step.guest)}: {stepName(step.step)}
          </span>
          <X className="size-3.5 shrink-0" aria-hidden />
          <span className="sr-only">Show all steps</span>
        </button>
      ) : (
        <select
          aria-label="Guest"
          value={place.guest ?? ""}
          onChange={(event) => void setPlace({ guest: event.target.value || null })}
          className={`${fieldClass} w-26 cursor-pointer px-1.5`}
        >
          <option value="">All guests</option>
          {run.guests.map((guest) => (
            <option key={guest.guestId} value={guest.guestId}>
              {guestLabel(guest)}
            </option>
          ))}
        </select>
      )}
      <select
        aria-label="Lowest level"
        value={place.level ?? ""}
        onChange={(event) => void setPlace({ level: (event.target.value || null) as LogLine["level"] | null })}
        className={`${fieldClass} w-24 cursor-pointer px-1.5`}
      >
        <option value="">All levels</option>
        <option value="info">Info and above</option>
        <option value="warn">Warnings, errors</option>
        <option value="error">Errors only</option>
      </select>
    </>
  );
}
