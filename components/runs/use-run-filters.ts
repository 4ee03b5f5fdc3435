"use client";

import { parseAsArrayOf, parseAsIsoDate, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useTimeZone } from "@/components/live/clock";
import type { RunFilters } from "@/lib/client/runs";
import type { RunKind, RunStatus } from "@/lib/domain/run";
import { instantOfWallClock } from "@/lib/domain/zoned-time";
import { runKindLabel, runStatusLook } from "./run-status";

const parsers = {
  state: parseAsArrayOf(parseAsStringLiteral(Object.keys(runStatusLook) as RunStatus[])).withDefault([]),
  kind: parseAsArrayOf(parseAsStringLiteral(Object.keys(runKindLabel) as RunKind[])).withDefault([]),
  policy: parseAsString,
  guest: parseAsString,
  from: parseAsIsoDate,
  to: parseAsIsoDate,
};

const none = { state: null, kind: null, policy: null, guest: null, from: null, to: null };
const dayMs = 86_400_000;

const dayStart = (wallMs: number, timeZone: string) => new Date(instantOfWallClock(wallMs, timeZone)).toISOString();

/** Which runs are listed; in the URL, so that the link shows the same. Days are whole and of the user's zone. */
export function useRunFilters() {
  const timeZone = useTimeZone();
  const [chosen, choose] = useQueryStates(parsers, { history: "replace" });
  const { state, kind, policy, guest, from, to } = chosen;
  const filters: RunFilters = {
    status: state,
    kind,
    policy,
    guest,
    from: from ? dayStart(from.getTime(), timeZone) : null,
    to: to ? dayStart(to.getTime() + dayMs, timeZone) : null,
  };
  return {
    chosen,
    choose,
    filters,
    isFiltered: state.length + kind.length > 0 || [policy, guest, from, to].some((value) => value !== null),
    clear: () => void choose(none),
  };
}
