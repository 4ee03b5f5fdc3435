import { z } from "zod";
import { logLineSchema, runSummarySchema, stepViewSchema } from "./runs";

/** "overview", "runs", "wall", "run:<id>", "guest:<id>" */
export const topicSchema = z.union([
  z.enum(["overview", "runs", "wall"]),
  z.string().regex(/^(run|guest):[0-9a-f-]{36}$/),
]);
export type Topic = z.infer<typeof topicSchema>;

/**
 * What the event stream says. Postgres is the truth: an event carries a revision where it carries a row, and a client
 * that holds a newer one drops it. `run.progress` comes at most once a second per run.
 */
export const liveEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run.changed"), run: runSummarySchema }),
  z.object({ type: z.literal("step.changed"), runId: z.uuid(), guestId: z.uuid(), step: stepViewSchema }),
  z.object({
    type: z.literal("run.progress"),
    runId: z.uuid(),
    at: z.iso.datetime(),
    steps: z.array(
      z.object({
        id: z.uuid(),
        bytesDone: z.number(),
        bytesTotal: z.number().nullable(),
        rateBytesPerSecond: z.number().nullable(),
      }),
    ),
  }),
  z.object({ type: z.literal("log.appended"), runId: z.uuid(), lines: z.array(logLineSchema) }),
  z.object({ type: z.literal("policy.changed"), policyId: z.uuid() }),
  z.object({ type: z.literal("guest.changed"), guestId: z.uuid() }),
  z.object({ type: z.literal("overview.changed") }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;

/** Which topics hear an event. */
export function topicsOf(event: LiveEvent): Topic[] {
  switch (event.type) {
    case "run.changed":
      return ["overview", "runs", "wall", `run:${event.run.id}`];
    case "step.changed":
      return [`run:${event.runId}`, `guest:${event.guestId}`, "overview"];
    case "run.progress":
      return [`run:${event.runId}`, "overview", "runs", "wall"];
    case "log.appended":
      return [`run:${event.runId}`];
    case "policy.changed":
      return ["overview", "runs"];
    case "guest.changed":
      return [`guest:${event.guestId}`, "overview", "wall"];
    case "overview.changed":
      return ["overview", "wall"];
    default:
      return event satisfies never;
  }
}

export const streamQuerySchema = z.strictObject({
  topics: z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(topicSchema).min(1).max(20)),
  lastEventId: z.string().max(40).optional(),
});
