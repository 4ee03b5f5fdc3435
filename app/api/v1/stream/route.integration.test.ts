import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStreamParser, type StreamMessage } from "@/lib/client/stream-parser";
import { closeEventStreams } from "@/lib/http/event-stream";
import { eventFeed, publishEvent } from "@/lib/redis/events";
import { givenToken } from "@/lib/testing/route-calls";
import { provideTestStack } from "@/lib/testing/test-stack";
import { GET } from "./route";

provideTestStack();

const runId = "019aa000-0000-7000-8000-000000000001";

let token: string;
beforeEach(async () => {
  token = await givenToken("viewer");
});
afterEach(() => {
  closeEventStreams();
  eventFeed().close();
});

const say = (text: string) =>
  publishEvent({
    type: "log.appended",
    runId,
    lines: [{ seq: 1, at: "2026-11-23T02:00:00.000Z", level: "info", stepId: null, source: "rclone", text }],
  });

/** Opens the stream as a browser would; `messages` grows while it is read. */
async function open(headers: Record<string, string> = {}) {
  const going = new AbortController();
  const request = new Request(`http://undercroft.test/api/v1/stream?topics=run:${runId}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: going.signal,
  });
  const response = await GET(request, { params: Promise.resolve({}) });
  const messages: StreamMessage[] = [];
  const parse = createStreamParser((message) => messages.push(message));
  const ended = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      parse(decoder.decode(chunk, { stream: true }));
    }
  })();
  const until = async (count: number) => {
    for (let waitedMs = 0; messages.length < count && waitedMs < 5000; waitedMs += 10) await sleep(10);
    return messages;
  };
  return { response, messages, ended, until, leave: () => going.abort() };
}

describe("GET /stream", () => {
  it("begins with a beat that carries the server's time, then tells events with their ids", async () => {
    const { response, until } = await open();
    await until(1);
    await say("hello");
    const [beat, event] = await until(2);

    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(beat).toMatchObject({ event: "beat", data: expect.stringContaining("serverTime") });
    expect(event).toMatchObject({ id: expect.stringMatching(/^\d+-\d+$/), event: "message" });
    expect(JSON.parse(event?.data ?? "")).toMatchObject({ type: "log.appended", lines: [{ text: "hello" }] });
  });

  it("goes on where the browser was", async () => {
    const first = await open();
    await first.until(1);
    await say("one");
    const [, one] = await first.until(2);
    first.leave();
    await first.ended;
    await say("two");

    const second = await open({ "last-event-id": one?.id ?? "" });

    const [, two] = await second.until(2);
    expect(JSON.parse(two?.data ?? "")).toMatchObject({ lines: [{ text: "two" }] });
  });

  it("says reset for a place it does not hold any more", async () => {
    const { until } = await open({ "last-event-id": "1-0" });

    expect((await until(2))[1]).toMatchObject({ event: "reset" });
  });

  it("ends when the browser goes and when the server stops", async () => {
    const gone = await open();
    gone.leave();
    await gone.ended;

    const stopped = await open();
    await stopped.until(1);
    closeEventStreams();
    await stopped.ended;

    await say("nobody hears this");
    expect(stopped.messages).toHaveLength(1);
  });

  it("cuts off a reader that does not read, instead of keeping everything for it", async () => {
    const request = new Request(`http://undercroft.test/api/v1/stream?topics=run:${runId}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const response = await GET(request, { params: Promise.resolve({}) });
    const big = "x".repeat(64 * 1024);
    for (let count = 0; count < 40; count += 1) await say(big);
    await sleep(200);

    let readBytes = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) readBytes += chunk.byteLength;

    // It ended by itself, far before the 2.5 MiB that were said.
    expect(readBytes).toBeLessThan(1.3 * 1024 * 1024);
  });

  it.each(["", "topics=", "topics=everything", "topics=run:1", `topics=${"runs,".repeat(21)}`])(
    "refuses ?%s with the field",
    async (query) => {
      const request = new Request(`http://undercroft.test/api/v1/stream?${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const response = await GET(request, { params: Promise.resolve({}) });

      expect(response.status).toBe(422);
      expect(Object.keys((await response.json()).fields)[0]).toMatch(/^topics/);
    },
  );
});
