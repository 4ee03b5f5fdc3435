"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { type Freshness, freshnessOf } from "@/lib/client/freshness";
import { type LiveStream, openLiveStream } from "@/lib/client/live-stream";
import { serverNow, syncServerClock } from "@/lib/client/server-clock";
import type { StreamMessage } from "@/lib/client/stream-parser";
import type { LiveEvent, Topic } from "@/lib/contracts/events";
import { applyEvents, applyReset } from "./event-effects";

type Heard = { freshness: Freshness; heardAt: number };

/** What this tab knows of the stream; renders only when the word for it changes. */
class FreshnessStore {
  #listeners = new Set<() => void>();
  #heardOn = Date.now();
  #state: Heard = { freshness: "live", heardAt: serverNow() };

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
  readonly get = () => this.#state;

  heard(): void {
    this.#heardOn = Date.now();
    this.judge();
  }

  judge(): void {
    const freshness = freshnessOf(Date.now() - this.#heardOn, navigator.onLine);
    if (freshness === this.#state.freshness) return;
    this.#state = { freshness, heardAt: serverNow() - (Date.now() - this.#heardOn) };
    for (const listener of this.#listeners) listener();
  }
}

type Live = {
  addTopics: (topics: readonly Topic[]) => () => void;
  retry: () => void;
  freshness: FreshnessStore | null;
};

const LiveContext = createContext<Live>({ addTopics: () => () => undefined, retry: () => undefined, freshness: null });

const shellTopics: readonly Topic[] = ["runs"];

/** The shell's one connection to the event stream; whatever it says is written into the query cache. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const stream = useRef<LiveStream | null>(null);
  const topics = useRef(new Map<object, readonly Topic[]>([[{}, shellTopics]]));
  const live = useRef<Live | null>(null);
  live.current ??= {
    addTopics: (wanted) => {
      const key = {};
      topics.current.set(key, wanted);
      tellTopics();
      return () => {
        topics.current.delete(key);
        tellTopics();
      };
    },
    retry: () => stream.current?.retry(),
    freshness: typeof window === "undefined" ? null : new FreshnessStore(),
  };
  const tellTopics = () => stream.current?.setTopics([...new Set([...topics.current.values()].flat())]);

  useEffect(() => {
    const freshness = live.current?.freshness;
    let waiting: LiveEvent[] = [];
    let isScheduled = false;

    const flush = () => {
      isScheduled = false;
      const events = waiting;
      waiting = [];
      applyEvents(client, events);
    };
    const take = async (message: StreamMessage) => {
      freshness?.heard();
      if (message.event === "beat") return syncServerClock(readServerTime(message.data));
      if (message.event === "reset") return applyReset(client);
      // Loaded by the first event, then at hand.
      const { liveEventSchema } = await import("@/lib/contracts/events");
      const parsed = liveEventSchema.safeParse(readJson(message.data));
      if (!parsed.success) return;
      waiting.push(parsed.data);
      if (isScheduled) return;
      isScheduled = true;
      // A hidden tab has no frames; its title still has to follow the run.
      if (document.hidden) setTimeout(flush, 1000);
      else requestAnimationFrame(flush);
    };

    const own = openLiveStream("/api/v1/stream", [...new Set([...topics.current.values()].flat())], (message) => {
      take(message).catch(() => undefined);
    });
    stream.current = own;
    const judging = setInterval(() => freshness?.judge(), 1000);
    const judge = () => freshness?.judge();
    // A page that comes back from the back/forward cache missed everything in between.
    const comeBack = (event: PageTransitionEvent) => event.persisted && applyReset(client);
    addEventListener("online", judge);
    addEventListener("offline", judge);
    addEventListener("pageshow", comeBack);
    return () => {
      own.close();
      stream.current = null;
      clearInterval(judging);
      removeEventListener("online", judge);
      removeEventListener("offline", judge);
      removeEventListener("pageshow", comeBack);
    };
  }, [client]);

  return <LiveContext value={live.current}>{children}</LiveContext>;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not ours: a proxy may write into the stream. The next event says it again or the refetch heals it.
    return null;
  }
}

const readServerTime = (text: string) => String((readJson(text) as { serverTime?: unknown } | null)?.serverTime ?? "");

/** Hears these topics while the component is on screen. */
export function useTopics(topics: readonly Topic[]): void {
  const { addTopics } = useContext(LiveContext);
  const text = topics.join(",");
  useEffect(() => addTopics(text.split(",") as Topic[]), [addTopics, text]);
}

const serverState: Heard = { freshness: "live", heardAt: 0 };

/** How fresh what stands on the screen is, since when, and how to connect now. */
export function useFreshness(): Heard & { retry: () => void } {
  const { freshness, retry } = useContext(LiveContext);
  const state = useSyncExternalStore(
    freshness?.subscribe ?? (() => () => undefined),
    freshness?.get ?? (() => serverState),
    () => serverState,
  );
  return { ...state, retry };
}
