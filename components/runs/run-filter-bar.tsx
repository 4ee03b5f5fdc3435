"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Input, Select } from "@/components/ui/input";
import { allGuestsQuery } from "@/lib/client/guests";
import { policyQueries } from "@/lib/client/policies";
import { guestLabel } from "@/lib/domain/guest";
import type { RunStatus } from "@/lib/domain/run";
import { runStatusLook } from "./run-status";
import { useRunFilters } from "./use-run-filters";

const offered = ["succeeded", "partial", "failed", "missed", "cancelled"] as const satisfies RunStatus[];

/** How the list is narrowed: by state, policy, guest and day. */
export function RunFilterBar() {
  const { chosen, choose, isFiltered, clear } = useRunFilters();
  const { data: policies } = useQuery(policyQueries.list());
  const { data: guests } = useQuery({ ...allGuestsQuery, enabled: chosen.guest !== null });
  const guest = guests?.find(({ id }) => id === chosen.guest);
  const toggle = (status: RunStatus) =>
    choose({
      state: chosen.state.includes(status) ? chosen.state.filter((of) => of !== status) : [...chosen.state, status],
    });

  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">State</legend>
        {offered.map((status) => (
          <Chip key={status} isOn={chosen.state.includes(status)} onToggle={() => void toggle(status)}>
            {status === "partial" ? "With failures" : runStatusLook[status].label}
          </Chip>
        ))}
      </fieldset>
      <span className="flex-1" />
      {chosen.guest !== null && (
        <Button size="small" onClick={() => void choose({ guest: null })}>
          {guest ? guestLabel(guest) : "One guest"}
          <X aria-hidden />
          <span className="sr-only">Show all guests</span>
        </Button>
      )}
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
      {isFiltered && (
        <Button size="small" variant="quiet" onClick={clear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
