"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { LogLine } from "@/lib/contracts/runs";

export const logLevels = ["debug", "info", "warn", "error"] as const satisfies LogLine["level"][];

export type LogPlace = {
  level: LogLine["level"] | null;
  guest: string | null;
  step: string | null;
  lq: string;
};

const parsers = {
  level: parseAsStringLiteral(logLevels),
  guest: parseAsString,
  step: parseAsString,
  lq: parseAsString.withDefault(""),
};

/** Which part of a run's log is shown. In the URL, so that a colleague who gets the link sees the same lines. */
export function useLogPlace() {
  const [place, setPlace] = useQueryStates(parsers, { history: "replace", throttleMs: 150 });
  return {
    place: place satisfies LogPlace,
    setPlace,
    showStep: (stepId: string) => {
      void setPlace({ step: stepId, guest: null, level: null, lq: null });
      document.dispatchEvent(new Event("show-run-log"));
    },
  };
}
