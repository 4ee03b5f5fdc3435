import { z } from "zod";
import { remoteSchema, remoteSlots, slotSchema } from "@/lib/domain/destination";

export const destinationParamsSchema = z.strictObject({ destinationId: z.uuid() });

const nameSchema = z.string().trim().min(1, "must not be empty").max(100);
const transfersSchema = z.int().min(1).max(32);

/** A new place for copies. Slot local is there from the start: it is each node's dump directory. */
export const destinationBodySchema = z.strictObject({
  slot: z.enum(remoteSlots),
  name: nameSchema,
  remote: remoteSchema,
  transfers: transfersSchema.default(2),
});
export type DestinationBody = z.infer<typeof destinationBodySchema>;

export const destinationPatchSchema = z
  .strictObject({
    name: nameSchema,
    remote: remoteSchema,
    transfers: transfersSchema,
    pausedUntil: z.iso.datetime({ offset: true }).nullable(),
  })
  .partial();
export type DestinationPatch = z.infer<typeof destinationPatchSchema>;

/** One thing a test did, and how long it took: write, read back, compare, delete. */
const testRowSchema = z.object({
  name: z.string(),
  isOk: z.boolean(),
  durationMs: z.number(),
  text: z.string(),
});

export const destinationTestSchema = z.object({
  isOk: z.boolean(),
  testedAt: z.iso.datetime(),
  rows: z.array(testRowSchema),
});

export const destinationViewSchema = z.object({
  id: z.uuid(),
  slot: slotSchema,
  kind: z.enum(["local", "rclone"]),
  name: z.string(),
  remote: z.string().nullable(),
  transfers: z.int(),
  goodCopyCount: z.int(),
  copyCount: z.int(),
  ourBytes: z.number(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  pausedUntil: z.iso.datetime().nullable(),
  lastTest: destinationTestSchema.nullable(),
});
export type DestinationView = z.infer<typeof destinationViewSchema>;

export const destinationListSchema = z.object({ items: z.array(destinationViewSchema), serverTime: z.iso.datetime() });
