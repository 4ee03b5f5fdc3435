import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type LiveEvent, liveEventSchema } from "@/lib/contracts/events";
import { log } from "@/lib/log";
import { once } from "@/lib/once";
import { producerConnection, waitingConnection } from "./connections";

const streamKey = "undercroft:events";
/** About five minutes of a busy estate; who was away longer asks for everything again. */
const keptEvents = 5000;

const producer = once(() => producerConnection("events"));

/** An event with its place in the stream; ids grow: "1763870400000-0". */
export type NumberedEvent = { id: string; event: LiveEvent };

/** Says what happened, as a hint: it never fails its caller, for Postgres has the truth and clients ask again. */
export async function publishEvent(event: LiveEvent): Promise<void> {
  try {
    await producer().xadd(streamKey, "MAXLEN", "~", keptEvents, "*", "e", JSON.stringify(event));
  } catch (error) {
    log().debug({ cause: String(error), type: event.type }, "event not published");
  }
}

type Entry = [id: string, fields: string[]];

function toEvent([id, fields]: Entry): NumberedEvent | undefined {
  const parsed = liveEventSchema.safeParse(JSON.parse(fields[1] ?? "null"));
  return parsed.success ? { id, event: parsed.data } : undefined;
}

const known = (entries: Entry[]) => entries.map(toEvent).filter((event) => event !== undefined);

/** What followed `lastId`; undefined when that id is no longer held, so that the caller must ask for everything. */
export async function eventsSince(lastId: string): Promise<NumberedEvent[] | undefined> {
  const [oldest] = (await producer().xrange(streamKey, "-", "+", "COUNT", 1)) as Entry[];
  if (!oldest || isNewer(oldest[0], lastId)) return undefined;
  return known((await producer().xrange(streamKey, `(${lastId}`, "+", "COUNT", keptEvents)) as Entry[]);
}

/** The newest id at this moment, or "0-0": where a live feed begins. */
export async function newestEventId(): Promise<string> {
  const [newest] = (await producer().xrevrange(streamKey, "+", "-", "COUNT", 1)) as Entry[];
  return newest?.[0] ?? "0-0";
}

/** Whether stream id `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  const [aMs = 0, aSeq = 0] = a.split("-").map(Number);
  const [bMs = 0, bSeq = 0] = b.split("-").map(Number);
  return aMs - bMs > 0 || (aMs === bMs && aSeq > bSeq);
}

type Listener = (event: NumberedEvent) => void;

/** One blocking reader per process, however many listen. */
class EventFeed {
  readonly #listeners = new Set<Listener>();
  #reader: Redis | undefined;
  #isRunning = false;

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#isRunning) void this.#read();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#reader?.disconnect();
    this.#reader = undefined;
  }

  async #read(): Promise<void> {
    this.#isRunning = true;
    // Never XREAD from "$" in a loop: what is written between two calls would be lost.
    let last = await newestEventId().catch(() => "0-0");
    while (this.#listeners.size > 0) {
      try {
        this.#reader ??= waitingConnection("event-feed");
        const answer = await this.#reader.xread("COUNT", 500, "BLOCK", 5000, "STREAMS", streamKey, last);
        for (const entry of (answer?.[0]?.[1] ?? []) as Entry[]) {
          last = entry[0];
          const event = toEvent(entry);
          if (event) for (const listener of this.#listeners) listener(event);
        }
        if (answer === null) last = await this.#afterFlush(last);
      } catch {
        await sleep(500);
      }
    }
    this.#isRunning = false;
  }

  /** A flushed Redis begins its ids anew only with the clock; an empty stream must not leave us waiting behind an old id. */
  async #afterFlush(last: string): Promise<string> {
    const newest = await newestEventId();
    return isNewer(last, newest) ? newest : last;
  }
}

const kept = globalThis as { undercroftFeed?: EventFeed };

export function eventFeed(): EventFeed {
  kept.undercroftFeed ??= new EventFeed();
  return kept.undercroftFeed;
}
