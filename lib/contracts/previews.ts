import { z } from "zod";
import { slotSchema } from "@/lib/domain/destination";
import { retentionRulesSchema } from "@/lib/domain/retention";

export const schedulePreviewBodySchema = z.strictObject({
  expression: z.string().max(128),
  timeZone: z.string().min(1).max(64),
  from: z.iso.datetime({ offset: true }).optional(),
  count: z.int().min(1).max(100).default(10),
});
export type SchedulePreviewBody = z.input<typeof schedulePreviewBodySchema>;

export const schedulePreviewSchema = z.object({
  kind: z.enum(["calendar", "cron"]),
  words: z.string(),
  events: z.array(
    z.object({
      at: z.iso.datetime(),
      /** In the schedule's zone: "2027-03-28 03:30". */
      localTime: z.string(),
      /** Why the local time is not the one asked for, on the nights the clock changes. */
      shift: z.string().nullable(),
    }),
  ),
  serverTime: z.iso.datetime(),
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

const previewPointSchema = z.strictObject({
  id: z.string().min(1).max(200),
  takenAt: z.iso.datetime({ offset: true }),
  isProtected: z.boolean().default(false),
});

/** Either plain points, or a guest's real points at one destination under changed rules. */
export const retentionPreviewBodySchema = z.union([
  z.strictObject({
    points: z.array(previewPointSchema).max(10_000),
    rules: retentionRulesSchema,
    timeZone: z.string().min(1).max(64),
  }),
  z.strictObject({
    guestId: z.uuid(),
    slot: slotSchema,
    rules: retentionRulesSchema,
    timeZone: z.string().min(1).max(64),
  }),
]);
export type RetentionPreviewBody = z.input<typeof retentionPreviewBodySchema>;

export const retentionPreviewSchema = z.object({
  points: z.array(
    z.object({
      id: z.string(),
      takenAt: z.iso.datetime(),
      mark: z.enum(["keep", "remove", "held", "protected"]),
      /** "keep-weekly 3 of 8", "newest good copy", "not yet good on Primary". */
      reason: z.string(),
      sizeBytes: z.number().nullable(),
    }),
  ),
  keepCount: z.int(),
  removeCount: z.int(),
  freedBytes: z.number(),
  /** Rules that change nothing, in words. */
  idleRules: z.array(z.string()),
});
export type RetentionPreview = z.infer<typeof retentionPreviewSchema>;
