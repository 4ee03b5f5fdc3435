"use client";

import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Input, Select } from "@/components/ui/input";
import { allGuestsQuery } from "@/lib/client/guests";
import { policyQueries } from "@/lib/client/policies";
import { guestLabel } from "@/lib/domain/guest";
import type { RunStatus } from "@/lib/domain/run";
import { runStatusLook } from "./run-status";
import { useRunFilters } from "./use-run-filters";

const offered = ["succeeded", "partial", "failed", "missed", "cancelled"] as const satisfies RunStatus[];

/** How the list is narrowed: by state, policy, guest and day. On a phone behind a button, in a sheet. */
export function RunFilterBar() {
  const { isFiltered, clear } = useRunFilters();
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <div className="border-b border-line px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-2 max-tablet:hidden">
        <RunFilterFields />
        {isFiltered && (
          <Button size="small" variant="quiet" onClick={clear}>
            Clear filters
          </Button>
        )}
      </div>
      <div className="flex gap-2 tablet:hidden">
        <Button onClick={() => setIsOpen(true)}>
          <SlidersHorizontal aria-hidden />
          Filter
        </Button>
        {isFiltered && (
          <Button variant="quiet" onClick={clear}>
            Clear filters
          </Button>
        )}
      </div>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title="Filter runs"
        look="bottom"
        actions={
          <Button variant="primary" onClick={close}>
            Show runs
          </Button>
        }
      >
        <div className="grid gap-4">
          <RunFilterFields />
        </div>
      </Dialog>
    </div>
  );
}

function RunFilterFields() {
  const { chosen, choose } = useRunFilters();
  const { data: policies } = useQuery(policyQueries.list());
  const toggle = (status: RunStatus) =>
    choose({
      state: chosen.state.includes(status) ? chosen.state.filter((of) => of !== status) : [...chosen.state, status],
    });

  return (
    <>
      <fieldset className="flex flex-1 flex-wrap gap-1.5">
        <legend className="sr-only">State</legend>
        {offered.map((status) => (
          <Chip key={status} isOn={chosen.state.includes(status)} onToggle={() => void toggle(status)}>
            {status === "partial" ? "With failures" : runStatusLook[status].label}
          </Chip>
        ))}
      </fieldset>
      <GuestFilter />
      {policies && policies.items.length > 1 && (
        <Select
          aria-label="Policy"
          width="small"
          value={chosen.policy ?? ""}
          onChange={(event) => void choose({ policy: event.target.value || null })}
        >
          <option value="">All policies</option>
          {policies.items.map((policy) => (
            <option key={policy.id} value={policy.id}>
              {policy.name}
            </option>
          ))}
        </Select>
      )}
      <span className="flex items-center gap-2 text-meta text-fg2">
        <span aria-hidden>Up to</span>
        <Input
          aria-label="Up to this day"
          type="date"
          width="small"
          value={chosen.to?.toISOString().slice(0, 10) ?? ""}
          onChange={(event) => void choose({ to: event.target.valueAsDate })}
        />
      </span>
    </>
  );
}

/** Only there when a link asked for one guest; it can be taken off again. */
function GuestFilter() {
  const { chosen, choose } = useRunFilters();
  const { data: guests } = useQuery({ ...allGuestsQuery, enabled: chosen.guest !== null });
  if (chosen.guest === null) return null;
  const guest = guests?.find(({ id }) => id === chosen.guest);
  return (
    <Button size="small" onClick={() => void choose({ guest: null })}>
      {guest ? guestLabel(guest) : "One guest"}
      <X aria-hidden />
      <span className="sr-only">Show all guests</span>
    </Button>
  );
}
