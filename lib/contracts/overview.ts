import { z } from "zod";
import { slotSchema } from "@/lib/domain/destination";
import { pipSchema, protectionStateSchema } from "./guests";
import { runDetailSchema, runSummarySchema } from "./runs";

const attentionSchema = z.object({
  severity: z.enum(["fail", "warn"]),
  objectType: z.enum(["guest", "run", "destination", "node", "policy"]),
  objectId: z.string(),
  title: z.string(),
  detail: z.string(),
  pips: z.array(pipSchema).nullable(),
  /** The one thing that mends it, as a link of this app or a call of this API. */
  action: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("link"), label: z.string(), href: z.string() }),
      z.object({ kind: z.literal("retry_run"), label: z.string(), runId: z.uuid() }),
      z.object({ kind: z.literal("start_run"), label: z.string(), policyId: z.uuid(), guestIds: z.array(z.uuid()) }),
    ])
    .nullable(),
});
export type Attention = z.infer<typeof attentionSchema>;

export const overviewSchema = z.object({
  guestCounts: z.record(protectionStateSchema, z.int()),
  nodeCount: z.int(),
  clusterName: z.string().nullable(),
  isLab: z.boolean(),
  oldestGood: z.object({ guestId: z.uuid(), label: z.string(), at: z.iso.datetime() }).nullable(),
  worst: z.object({ label: z.string(), text: z.string() }).nullable(),
  coverage: z.array(z.object({ slot: slotSchema, good: z.int(), old: z.int(), failed: z.int(), total: z.int() })),
  attention: z.array(attentionSchema).max(5),
  live: runDetailSchema.nullable(),
  lastRun: runSummarySchema.nullable(),
  lastRunUsualMs: z.number().nullable(),
  nights: z.array(
    z.object({
      slot: slotSchema,
      /** Oldest first, one per local day, the last is today. */
      days: z.array(z.object({ day: z.string(), due: z.int(), good: z.int(), failed: z.int() })),
    }),
  ),
  upcoming: z
    .array(z.object({ policyId: z.uuid(), policyName: z.string(), at: z.iso.datetime(), guestCount: z.int() }))
    .max(6),
  destinations: z.array(
    z.object({
      slot: slotSchema,
      name: z.string(),
      place: z.string(),
      freeBytes: z.number().nullable(),
      totalBytes: z.number().nullable(),
      ourBytes: z.number(),
    }),
  ),
  recent: z.array(runSummarySchema).max(6),
  serverTime: z.iso.datetime(),
});
export type Overview = z.infer<typeof overviewSchema>;
