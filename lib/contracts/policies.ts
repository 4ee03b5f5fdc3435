import { z } from "zod";
import { policyDestinationSchema, policySettingsSchema } from "@/lib/domain/policy";
import { runSummarySchema } from "./runs";

export const policyParamsSchema = z.strictObject({ policyId: z.uuid() });

/** The whole of a policy as a person sets it. Defaults make the smallest useful body: a name, a schedule and a zone. */
export const policyBodySchema = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(100),
  isEnabled: z.boolean().default(true),
  schedule: z.string().trim().min(1, "must not be empty").max(128),
  timeZone: z.string().min(1).max(64),
  settings: policySettingsSchema,
  destinations: z
    .array(policyDestinationSchema)
    .min(1)
    .max(4)
    .refine((list) => new Set(list.map(({ slot }) => slot)).size === list.length, "names a destination twice")
    .refine((list) => list.some(({ slot }) => slot === "local"), "must contain local: archives are made there"),
});
export type PolicyBody = z.infer<typeof policyBodySchema>;
export type PolicyBodyInput = z.input<typeof policyBodySchema>;

/** A change names the revision it was made from; another revision on the server is a conflict, not an overwrite. */
export const policyPatchSchema = policyBodySchema.partial().extend({
  /** Without the default of a new policy: a change that does not name it leaves it as it is. */
  isEnabled: z.boolean().optional(),
  revision: z.int().min(1),
  /** Typed by the person when the save deletes copies: their count, as the preview said it. */
  confirmDeletions: z.int().min(0).optional(),
});
export type PolicyPatch = z.infer<typeof policyPatchSchema>;

export const policyViewSchema = policyBodySchema.extend({
  id: z.uuid(),
  revision: z.int(),
  pausedUntil: z.iso.datetime().nullable(),
  skipDueAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** "Every night at 02:00 (Europe/Berlin), back up …" */
  sentence: z.string(),
  nextRunAt: z.iso.datetime().nullable(),
  guestCount: z.int(),
  lastRun: runSummarySchema.nullable(),
  missedCount30d: z.int(),
});
export type PolicyView = z.infer<typeof policyViewSchema>;

export const policyListSchema = z.object({ items: z.array(policyViewSchema), serverTime: z.iso.datetime() });

export const pausePolicyBodySchema = z.strictObject({ until: z.iso.datetime({ offset: true }).nullable() });
