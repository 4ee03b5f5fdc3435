"use client";

import { useTimeZone } from "@/components/live/clock";
import { useFreshness } from "@/components/live/live-provider";
import { Button } from "@/components/ui/button";
import { formatClock, formatDistance } from "@/lib/client/format-time";
import type { Freshness } from "@/lib/client/freshness";
import { clockSkewMs } from "@/lib/client/server-clock";

const looks = {
  live: { word: "Live", dot: "bg-ok ring-ok-tint" },
  reconnecting: { word: "Reconnecting", dot: "bg-warn ring-warn-tint rounded-[2px]" },
  stale: { word: "Stale", dot: "bg-warn ring-warn-tint rounded-[2px]" },
  offline: { word: "Offline", dot: "bg-transparent ring-idle" },
} as const satisfies Record<Freshness, { word: string; dot: string }>;

/** Whether what stands on the screen is what is so; top right on every page. */
export function FreshnessIndicator() {
  const { freshness } = useFreshness();
  const { word, dot } = looks[freshness];
  return (
    <span
      role="status"
      className="flex items-center gap-2 text-meta whitespace-nowrap text-fg2"
      data-tooltip={skewText()}
    >
      <span aria-hidden className={`patterned size-2 rounded-full ring-3 ${dot}`} />
      {word}
    </span>
  );
}

function skewText(): string | undefined {
  const skew = clockSkewMs();
  if (Math.abs(skew) < 60_000) return undefined;
  return `The clock of this device is ${formatDistance(Math.abs(skew))} ${skew > 0 ? "behind" : "ahead of"} the server's`;
}

/** Old numbers stay on the screen, but never look new. */
export function StaleBanner() {
  const { freshness, heardAt, retry } = useFreshness();
  const timeZone = useTimeZone();
  if (freshness !== "stale" && freshness !== "offline") return null;
  const since = `Showing data from ${formatClock(heardAt, timeZone)}.`;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-warn-tint px-8 py-2 text-table text-warn-text max-tablet:px-4">
      {freshness === "offline" ? `You are offline. ${since}` : `${since} Reconnecting.`}
      {freshness === "stale" && (
        <Button size="small" onClick={retry}>
          Retry
        </Button>
      )}
    </div>
  );
}
