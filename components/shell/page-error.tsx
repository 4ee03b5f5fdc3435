"use client";

import { Button } from "@/components/ui/button";

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
        {/* A whole new page: what broke this one may have broken its router too. */}
        <a
          href="/runs"
          className="self-center rounded-[3px] px-2 text-fg2 underline underline-offset-2 hover:text-accent"
        >
          Runs
        </a>
      </div>
    </main>
  );
}
