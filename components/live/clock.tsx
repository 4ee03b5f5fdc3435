"use client";

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { formatFull, formatRelative } from "@/lib/client/format-time";
import { serverNow, syncServerClock } from "@/lib/client/server-clock";

type Clock = {
  /** When the server rendered the page: what the first paint calls now, on both sides. */
  renderedAt: number;
  timeZone: string;
};

const ClockContext = createContext<Clock>({ renderedAt: 0, timeZone: "UTC" });

/** Where the browser tells the server its zone, so that the first paint of the next page has it right. */
const zoneCookie = "undercroft_time_zone";

/** Gives every time on the page one now, the server's, and one zone, the user's. */
export function ClockProvider({ renderedAt, timeZone, children }: Clock & { children: ReactNode }) {
  const [zone, setZone] = useState(timeZone);
  useEffect(() => {
    syncServerClock(new Date(renderedAt).toISOString());
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context, a LAN address is none
    document.cookie = `${zoneCookie}=${encodeURIComponent(own)}; path=/; max-age=31536000; samesite=lax`;
    setZone(own);
  }, [renderedAt]);
  return <ClockContext value={{ renderedAt, timeZone: zone }}>{children}</ClockContext>;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tick of listeners) tick();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

// Upwards: what happened a moment ago must not lie ahead.
const cut = (at: number, everyMs: number) => Math.ceil(at / everyMs) * everyMs;

/** The server's time in steps of `everyMs`; renders anew once per step. */
export function useNow(everyMs = 30_000): number {
  const { renderedAt } = useContext(ClockContext);
  return useSyncExternalStore(
    subscribe,
    () => cut(serverNow(), everyMs),
    () => cut(renderedAt, everyMs),
  );
}

export function useTimeZone(): string {
  return useContext(ClockContext).timeZone;
}

/** "31 min ago", "Wed 02:00", "in 6 h 20 m"; the full date and zone on hover and for assistive technology. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const instant = Date.parse(at);
  return (
    <time dateTime={at} title={formatFull(instant, timeZone)} className="whitespace-nowrap tabular-nums">
      {formatRelative(instant, now, timeZone)}
    </time>
  );
}
