import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Topic } from "@/lib/contracts/events";
import { moveRun } from "@/lib/db/runs";
import { closeRedis } from "@/lib/redis/connections";
import { eventFeed, newestEventId, publishEvent } from "@/lib/redis/events";
import { insertEstate, insertPolicy, insertQueuedRun } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";
import { announceRun } from "./announce";
import { type FollowedMessage, type Following, followEvents } from "./follow-events";

provideTestStack();

const runId = "019aa000-0000-7000-8000-000000000001";
const otherRunId = "019aa000-0000-7000-8000-000000000002";

const lines = (id: string, text: string) =>
  publishEvent({
    type: "log.appended",
    runId: id,
    lines: [{ seq: 1, at: "2026-11-23T02:00:00.000Z", level: "info", stepId: null, source: "vzdump", text }],
  });

const open: Following[] = [];
afterEach(() => {
  for (const following of open.splice(0)) following.stop();
  eventFeed().close();
});

/** Follows topics; `heard` grows as messages come, `until` waits for so many of them. */
async function follow(topics: Topic[], lastEventId?: string) {
  const heard: FollowedMessage[] = [];
  const following = await followEvents({ topics, lastEventId, send: (message) => heard.push(message) });
  open.push(following);
  const until = async (count: number) => {
    for (let waitedMs = 0; heard.length < count && waitedMs < 5000; waitedMs += 10) await sleep(10);
    return heard.map(wordsOf);
  };
  return { heard, following, until };
}

function wordsOf(message: FollowedMessage): string {
  if (message.kind === "reset") return "reset";
  const { event } = message;
  if (event.type === "log.appended") return event.lines.map(({ text }) => text).join();
  return event.type === "run.changed" ? `run ${event.run.number} ${event.run.status}` : event.type;
}

describe("followEvents", () => {
  it("tells what happens under its topics and nothing else", async () => {
    const { until } = await follow([`run:${runId}`]);

    await lines(otherRunId, "not ours");
    await lines(runId, "one");
    await lines(runId, "two");

    expect(await until(2)).toEqual(["one", "two"]);
  });

  it("begins with the runs under way as they stand now", async () => {
    const run = await insertQueuedRun(await insertPolicy(await insertEstate()));
    const { until } = await follow(["runs"]);

    expect(await until(1)).toEqual(["run 1 queued"]);
    await moveRun(run.id, "cancelled", { now: new Date() });
    await announceRun(run.id);
    expect(await until(2)).toEqual(["run 1 queued", "run 1 cancelled"]);
  });

  it("tells a reader who comes back what it missed, once and in order, while more happens", async () => {
    await lines(runId, "seen");
    const lastEventId = await newestEventId();
    for (let count = 1; count <= 20; count += 1) await lines(runId, `missed ${count}`);

    const publishing = (async () => {
      for (let count = 1; count <= 50; count += 1) await lines(runId, `live ${count}`);
    })();
    const { until } = await follow([`run:${runId}`], lastEventId);
    await publishing;

    expect(await until(70)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `missed ${index + 1}`),
      ...Array.from({ length: 50 }, (_, index) => `live ${index + 1}`),
    ]);
  });

  it.each(["1-0", "9999999999999-0", "nonsense", "99999999999999999999-0", "'; drop"])(
    "tells a reader whose place %s is not held any more to ask for everything",
    async (lastEventId) => {
      await lines(runId, "old");
      const { until } = await follow([`run:${runId}`], lastEventId);

      expect(await until(1)).toEqual(["reset"]);
      await lines(runId, "new");
      expect(await until(2)).toEqual(["reset", "new"]);
    },
  );

  it("names the place reached though nothing concerned the reader", async () => {
    const { following } = await follow([`run:${runId}`]);
    await lines(otherRunId, "not ours");
    const newest = await newestEventId();

    for (let waitedMs = 0; following.reachedId() !== newest && waitedMs < 5000; waitedMs += 10) await sleep(10);

    expect(following.reachedId()).toBe(newest);
  });

  it("is silent after its end", async () => {
    const { heard, following } = await follow([`run:${runId}`]);
    following.stop();

    await lines(runId, "late");
    await sleep(50);

    expect(heard).toEqual([]);
  });
});

describe("without Redis", () => {
  it("still begins with the runs under way", async () => {
    await insertQueuedRun(await insertPolicy(await insertEstate()));
    closeRedis();

    const { until } = await follow(["runs"]);

    expect(await until(1)).toEqual(["run 1 queued"]);
  });
});
