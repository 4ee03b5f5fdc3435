import { describe, expect, it } from "vitest";
import { createStreamParser, reconnectDelayMs, type StreamMessage } from "./stream-parser";

function parse(...chunks: string[]): StreamMessage[] {
  const messages: StreamMessage[] = [];
  const take = createStreamParser((message) => messages.push(message));
  for (const chunk of chunks) take(chunk);
  return messages;
}

describe("createStreamParser", () => {
  const stream = ': hello\n\nid: 17-0\nevent: beat\ndata: {"a":1}\n\ndata: one\ndata:two\r\n\r\n';
  const whole = [
    { id: "17-0", event: "beat", data: '{"a":1}' },
    { id: null, event: "message", data: "one\ntwo" },
  ];

  it("reads messages and drops comments", () => {
    expect(parse(stream)).toEqual(whole);
  });

  it("reads the same wherever the text was cut", () => {
    for (let at = 1; at < stream.length; at++) expect(parse(stream.slice(0, at), stream.slice(at))).toEqual(whole);
  });

  it("keeps an unfinished message to itself", () => {
    expect(parse("data: almost\n")).toEqual([]);
  });

  it("hands over nothing for a message without data", () => {
    expect(parse("event: beat\n\n")).toEqual([]);
  });
});

describe("reconnectDelayMs", () => {
  it("grows to 15 s and stays there", () => {
    expect([0, 1, 2, 3, 4, 5, 900].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([
      1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
  });

  it("takes off up to a quarter, so that many browsers do not return at once", () => {
    expect(reconnectDelayMs(2, 1)).toBe(3000);
  });
});
