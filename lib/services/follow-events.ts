import { type LiveEvent, type Topic, topicsOf } from "@/lib/contracts/events";
import { findRun, runsWithStatus } from "@/lib/db/runs";
import { stepsOfRun } from "@/lib/db/steps";
import { isRunOver } from "@/lib/domain/run";
import { log } from "@/lib/log";
import { eventFeed, eventsSince, isNewer, type NumberedEvent, newestEventId } from "@/lib/redis/events";
import { toRunSummary, toStepView } from "./describe-run";

export type FollowedMessage =
  | { kind: "event"; id: string | undefined; event: LiveEvent }
  /** What was missed is no longer held: ask for everything again. */
  | { kind: "reset" };

type Follow = {
  topics: readonly Topic[];
  lastEventId: string | undefined;
  send: (message: FollowedMessage) => void;
};

export type Following = {
  /** The id up to which everything was sent or did not concern these topics. */
  reachedId(): string | undefined;
  stop(): void;
};

/**
 * Tells a reader what happens under its topics: what it missed since its last id, or else how the live runs stand now,
 * and then everything new. Nothing is lost or told twice between the two; without Redis only the snapshot is told.
 */
export async function followEvents({ topics, lastEventId, send }: Follow): Promise<Following> {
  const wanted = new Set(topics);
  let reachedId = lastEventId;
  // Until the past is told, news waits here: replay and live feed overlap, and ids tell what was sent already.
  let waiting: NumberedEvent[] | undefined = [];

  const tell = ({ id, event }: NumberedEvent) => {
    if (reachedId !== undefined && !isNewer(id, reachedId)) return;
    reachedId = id;
    if (topicsOf(event).some((topic) => wanted.has(topic))) send({ kind: "event", id, event });
  };
  const stop = eventFeed().subscribe((event) => {
    if (waiting) waiting.push(event);
    else tell(event);
  });

  try {
    const missed = lastEventId === undefined ? undefined : await missedSince(lastEventId);
    if (missed) {
      for (const event of missed) tell(event);
    } else {
      if (lastEventId !== undefined) send({ kind: "reset" });
      reachedId = await newestEventId().catch(() => undefined);
      for (const event of await liveSnapshot(topics)) send({ kind: "event", id: reachedId, event });
    }
  } catch (error) {
    stop();
    throw error;
  }
  for (const event of waiting) tell(event);
  waiting = undefined;
  return { reachedId: () => reachedId, stop };
}

async function missedSince(lastEventId: string): Promise<NumberedEvent[] | undefined> {
  if (!/^\d{1,16}-\d{1,16}$/.test(lastEventId)) return undefined;
  try {
    // A place ahead of all there is comes from a clock that was set back: nothing would ever be newer.
    if (isNewer(lastEventId, await newestEventId())) return undefined;
    return await eventsSince(lastEventId);
  } catch (error) {
    log().debug({ cause: String(error) }, "events not readable; the reader asks anew");
    return undefined;
  }
}

/** How the runs under way stand, and every step of those that are asked for by id. */
async function liveSnapshot(topics: readonly Topic[]): Promise<LiveEvent[]> {
  const isWholeListWanted = topics.some((topic) => topic === "overview" || topic === "runs" || topic === "wall");
  const ids = topics.flatMap((topic) => (topic.startsWith("run:") ? [topic.slice("run:".length)] : []));
  const asked = await Promise.all(ids.map(findRun));
  const live = isWholeListWanted ? [...(await runsWithStatus("running")), ...(await runsWithStatus("queued"))] : [];
  const runs = new Map([...live, ...asked].flatMap((run) => (run ? [[run.id, run] as const] : [])));

  const events: LiveEvent[] = [];
  for (const run of runs.values()) {
    const steps = run.tally === null ? await stepsOfRun(run.id) : [];
    events.push({ type: "run.changed", run: toRunSummary(run, steps) });
    if (!ids.includes(run.id) || isRunOver(run.status)) continue;
    for (const step of steps) {
      events.push({ type: "step.changed", runId: run.id, guestId: step.guestId, step: toStepView(step) });
    }
  }
  return events;
}
