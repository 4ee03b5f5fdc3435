"use client";

import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { ErrorPanel } from "@/components/ui/error-panel";
import { ProblemError } from "@/lib/client/api";

type QueryErrorProps = {
  /** "destinations", "this run": completes "Could not load …". */
  what: string;
  error: Error;
  onRetry: () => void;
  /** It is the page's main thing, so its words are the page's heading. */
  isPage?: boolean;
};

/** One part that could not be loaded, and the way to try again; the rest of the page works on. */
export function QueryError({ what, error, onRetry, isPage = false }: QueryErrorProps) {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const isMissing = problem?.code === "not_found";
  const panel = (
    <ErrorPanel
      cause={isMissing ? (problem?.cause ?? "") : `Could not load ${what}.`}
      safe={isMissing ? problem?.safe : [problem?.cause, problem?.safe].filter(Boolean).join(" ")}
      errorId={problem?.errorId}
      action={
        isMissing ? (
          <ButtonLink size="small" href="/runs">
            Runs
          </ButtonLink>
        ) : (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    />
  );
  if (!isPage) return panel;
  return (
    <>
      <h1 className="text-title font-heading">{isMissing ? "Nothing here" : "Not loaded"}</h1>
      <div className="-mx-4">{panel}</div>
    </>
  );
}
