import { z } from "zod";
import type { Faults } from "../faults";

/** The kinds of lab/faults.ts, as they come over HTTP. */
const guestFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("locked"), lock: z.string().default("backup") }),
  z.strictObject({ kind: z.literal("noSpace"), afterBytes: z.int().min(0).default(65_536) }),
  z.strictObject({ kind: z.literal("diesHalfWay"), afterBytes: z.int().min(0).default(65_536) }),
  z.strictObject({ kind: z.literal("failsBeforeDump") }),
  z.strictObject({
    kind: z.literal("guestDoesNotRestart"),
    output: z.array(z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal("cutStreamSaysSuccess"), afterBytes: z.int().min(0).default(65_536) }),
  z.strictObject({ kind: z.literal("slow"), bytesPerSecond: z.int().min(1) }),
]);

const apiFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("apiDown") }),
  z.strictObject({ kind: z.literal("api500") }),
  z.strictObject({ kind: z.literal("daemonDown") }),
  z.strictObject({ kind: z.literal("nodeDown"), node: z.string() }),
  z.strictObject({ kind: z.literal("slowApi"), delayMs: z.int().min(0).max(600_000) }),
]);

/** How often a fault strikes; without it, until it is taken away. */
const times = z.int().min(1).optional();

const armedGuestFaultSchema = z.object({
  vmid: z.union([z.int().min(100), z.literal("*")]),
  fault: guestFaultSchema,
  times,
});
const armedApiFaultSchema = z.object({ fault: apiFaultSchema, times });

/** What is asked of the lab to go wrong. `PUT /lab/faults` replaces all of it. */
export const faultsSchema = z.strictObject({
  guests: z.array(armedGuestFaultSchema.strict()).default([]),
  api: z.array(armedApiFaultSchema.strict()).default([]),
}) satisfies z.ZodType<Faults>;
