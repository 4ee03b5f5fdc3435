import { z } from "zod";
import { slotSchema } from "@/lib/domain/destination";
import { guestTypeSchema } from "@/lib/domain/guest";
import {
  runGuestStatusSchema,
  runKindSchema,
  runStatusSchema,
  runTallySchema,
  runTriggerSchema,
} from "@/lib/domain/run";
import { stepKindSchema, stepOutcomeSchema, stepStatusSchema } from "@/lib/domain/step";
import { faultSchema, timePageQuery } from "./problem";

export const runParamsSchema = z.strictObject({ runId: z.uuid() });

export const runSummarySchema = z.object({
  id: z.uuid(),
  number: z.int(),
  kind: runKindSchema,
  status: runStatusSchema,
  statusReason: z.string().nullable(),
  policyId: z.uuid().nullable(),
  policyName: z.string(),
  trigger: runTriggerSchema,
  requestedBy: z.string().nullable(),
  dueAt: z.iso.datetime().nullable(),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  cancelRequestedAt: z.iso.datetime().nullable(),
  cancelledBy: z.string().nullable(),
  attempt: z.int(),
  ...runTallySchema.shape,
  revision: z.int(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const stepViewSchema = z.object({
  id: z.uuid(),
  kind: stepKindSchema,
  slot: slotSchema,
  status: stepStatusSchema,
  attempt: z.int(),
  tries: z.int(),
  notBefore: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  bytesDone: z.number(),
  bytesTotal: z.number().nullable(),
  fault: faultSchema.nullable(),
  outcome: stepOutcomeSchema.nullable(),
  revision: z.int(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const runGuestSchema = z.object({
  guestId: z.uuid(),
  type: guestTypeSchema,
  vmid: z.int().nullable(),
  name: z.string(),
  nodeName: z.string(),
  status: runGuestStatusSchema,
  expectedBytes: z.number(),
  steps: z.array(stepViewSchema),
});
export type RunGuest = z.infer<typeof runGuestSchema>;

export const runDetailSchema = runSummarySchema.extend({
  guests: z.array(runGuestSchema),
  destinations: z.array(z.object({ slot: slotSchema, name: z.string() })),
  etaAt: z.iso.datetime().nullable(),
  etaPlusMinusSeconds: z.number().nullable(),
  /** Of the last finished run of this policy, for "usual 1 h 55 m". */
  usualDurationMs: z.number().nullable(),
  logLineCount: z.int(),
  serverTime: z.iso.datetime(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

const commaList = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(item));

export const listRunsQuerySchema = z.strictObject({
  status: commaList(runStatusSchema).optional(),
  kind: commaList(runKindSchema).optional(),
  policy: z.uuid().optional(),
  guest: z.uuid().optional(),
  ...timePageQuery,
});
export type ListRunsQuery = z.infer<typeof listRunsQuerySchema>;

export const runListSchema = z.object({
  items: z.array(runSummarySchema),
  nextCursor: z.string().nullable(),
  serverTime: z.iso.datetime(),
});
export type RunList = z.infer<typeof runListSchema>;

/** Start now. Without guestIds: every guest the policy selects at this moment. */
export const startRunBodySchema = z.strictObject({ guestIds: z.array(z.uuid()).min(1).max(10_000).optional() });

export const cancelRunBodySchema = z.strictObject({ mode: z.enum(["stop", "finish_running"]).default("stop") });

/** Without stepIds: every step that failed or did not happen. */
export const retryRunBodySchema = z.strictObject({ stepIds: z.array(z.uuid()).min(1).max(10_000).optional() });

export const logLevelSchema = z.enum(["debug", "info", "warn", "error"]);
export const logLineSchema = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  level: logLevelSchema,
  stepId: z.uuid().nullable(),
  source: z.string(),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** `from` and `before` are line numbers; neither: the last `limit` lines. `level` is the lowest shown. `q` is found case-blind. */
export const runLogQuerySchema = z.strictObject({
  from: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
  level: logLevelSchema.optional(),
  step: z.uuid().optional(),
  guest: z.uuid().optional(),
  q: z.string().max(200).optional(),
  format: z.enum(["json", "text", "ndjson"]).optional(),
});
export type RunLogQuery = z.infer<typeof runLogQuerySchema>;

export const runLogPageSchema = z.object({
  lines: z.array(logLineSchema),
  /** Lines that match the filters, in the whole log. */
  matchCount: z.int(),
  lineCount: z.int(),
});
export type RunLogPage = z.infer<typeof runLogPageSchema>;
