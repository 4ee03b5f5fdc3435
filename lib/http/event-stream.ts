/** One message of a server-sent event stream; without an event name it is a plain message. */
export type StreamMessage = { id?: string | undefined; event?: "beat" | "reset"; data: unknown };

export type EventStream = {
  send(message: StreamMessage): void;
  /** Ends the answer; the browser comes back by itself. */
  close(): void;
  /** Aborts when the stream is over, whoever ended it. */
  signal: AbortSignal;
};

/** A reader this far behind is cut off rather than kept in memory: it comes back with the id of the last thing it read. */
const bufferedBytes = 1024 * 1024;

/** Kept on globalThis: Next loads routes and instrumentation as separate copies of this module. */
const kept = globalThis as { undercroftStreams?: Set<EventStream> };

/** Every stream that is open in this process. */
function openStreams(): Set<EventStream> {
  kept.undercroftStreams ??= new Set();
  return kept.undercroftStreams;
}

/** Ends all streams: Next waits for open answers before it exits, and these have no end of their own. */
export function closeEventStreams(): void {
  for (const stream of [...openStreams()]) stream.close();
}

/** Answers a request with a stream that `begin` fills until the browser, the server or a full buffer ends it. */
export function eventStreamResponse(request: Request, begin: (stream: EventStream) => Promise<void>): Response {
  const ended = new AbortController();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const encoder = new TextEncoder();
        const stream: EventStream = {
          signal: ended.signal,
          send(message) {
            if (ended.signal.aborted) return;
            controller.enqueue(encoder.encode(toText(message)));
            if ((controller.desiredSize ?? 0) <= 0) stream.close();
          },
          close() {
            if (ended.signal.aborted) return;
            ended.abort();
            openStreams().delete(stream);
            controller.close();
          },
        };
        openStreams().add(stream);
        // Next aborts the request within a third of a second of the browser's going; `cancel` is not always called.
        request.signal.addEventListener("abort", () => stream.close(), { once: true });
        if (request.signal.aborted) return stream.close();
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
        begin(stream).catch(() => stream.close());
      },
      cancel() {
        ended.abort();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferedBytes }),
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function toText({ id, event, data }: StreamMessage): string {
  const lines = [...(id ? [`id: ${id}`] : []), ...(event ? [`event: ${event}`] : []), `data: ${JSON.stringify(data)}`];
  return `${lines.join("\n")}\n\n`;
}
