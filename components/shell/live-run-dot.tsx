"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { runQueries } from "@/lib/client/runs";

/** The live runs of this moment; the list the navigation's dot and the Runs page share. */
export const liveRunsQuery = runQueries.list({ status: ["queued", "running"] });

/** A dot while a run is live. */
export function LiveRunDot() {
  const { data } = useInfiniteQuery(liveRunsQuery);
  const isLive = data?.pages.some((page) =>
    page.items.some((run) => run.status === "running" || run.status === "queued"),
  );
  if (!isLive) return null;
  return (
    <span className="ml-auto flex size-[7px] rounded-full bg-run max-tablet:absolute max-tablet:top-1 max-tablet:right-[calc(50%-16px)]">
      <span className="sr-only">A run is live</span>
    </span>
  );
}
