"use client";

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/**
 * Asks anew for what no event tells: ETAs, ages that cross their targets. Not by the query's own interval, which begins
 * again with every event that is written into its cache and so would never end while a run is live.
 */
export function useRefetchEvery(queryKey: QueryKey, everyMs: number, isOn = true): void {
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) void client.invalidateQueries({ queryKey: JSON.parse(key) });
    }, everyMs);
    return () => clearInterval(timer);
  }, [client, key, everyMs, isOn]);
}
