import type { z } from "zod";
import type { streamQuerySchema } from "@/lib/contracts/events";
import { findSession } from "@/lib/services/find-session";
import { followEvents } from "@/lib/services/follow-events";
import { eventStreamResponse } from "./event-stream";

const beatMs = 10_000;
/** A sign-out or a revoked token ends the stream within a minute. */
const beatsPerSessionCheck = 6;

/**
 * The event stream of the asked topics: what was missed since Last-Event-ID, or how live runs stand, then everything
 * new; `event: reset` when what was missed is no longer held, `event: beat` with the server's time every 10 s.
 */
export function liveStreamResponse(request: Request, query: z.output<typeof streamQuerySchema>): Response {
  const lastEventId = request.headers.get("last-event-id") ?? query.lastEventId ?? undefined;
  return eventStreamResponse(request, async (stream) => {
    const beat = (id?: string) => stream.send({ id, event: "beat", data: { serverTime: new Date().toISOString() } });
    beat();
    const following = await followEvents({
      topics: query.topics,
      lastEventId,
      send: (message) => {
        if (message.kind === "reset") stream.send({ event: "reset", data: {} });
        else stream.send({ id: message.id, data: message.event });
      },
    });
    let beatCount = 0;
    const beating = setInterval(() => {
      beat(following.reachedId());
      beatCount += 1;
      if (beatCount % beatsPerSessionCheck === 0) void closeUnlessSignedIn();
    }, beatMs);
    const closeUnlessSignedIn = async () => {
      const session = await findSession(request.headers).catch(() => undefined);
      if (!session) stream.close();
    };
    const end = () => {
      clearInterval(beating);
      following.stop();
    };
    if (stream.signal.aborted) end();
    else stream.signal.addEventListener("abort", end, { once: true });
  });
}
