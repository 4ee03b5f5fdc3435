"use client";

import { toastFailed } from "@/components/ui/toast";
import { ProblemError } from "@/lib/client/api";

/** What failed, why, and what state things are in, in a toast that stays. */
export function tellFailure(what: string, error: Error): void {
  if (!(error instanceof ProblemError)) {
    toastFailed(what, error.message);
    return;
  }
  const { cause, safe, errorId } = error.problem;
  toastFailed(what, [cause, safe, errorId && `Error ID ${errorId}.`].filter(Boolean).join(" "));
}
