"use client";

import { Button, ButtonLink } from "@/components/ui/button";

/** A page that could not be made. Says what runs on, and gives the id under which the log has the reason. */
export function PageError({ errorId, onRetry }: { errorId: string | undefined; onRetry: () => void }) {
  return (
    <main className="grid min-h-[60dvh] place-content-center justify-items-start gap-3 px-6">
      <h1 className="text-title font-heading">This page could not be shown</h1>
      <p className="max-w-[52ch] text-fg2">Backups keep running even when this page does not.</p>
      {errorId && (
        <p className="text-meta text-fg3">
          Error ID <code className="font-mono text-fg2 select-all">{errorId}</code>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onRetry}>
          Try again
        </Button>
        <ButtonLink href="/runs">Runs</ButtonLink>
      </div>
    </main>
  );
}
