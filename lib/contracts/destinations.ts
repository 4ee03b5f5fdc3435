import { z } from "zod";
import { slotSchema } from "@/lib/domain/destination";

export const destinationParamsSchema = z.strictObject({ destinationId: z.uuid() });

/** One thing a test did, and how long it took: write, read back, compare, delete. */
export const testRowSchema = z.object({
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
export type DestinationTest = z.infer<typeof destinationTestSchema>;

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
  lastTest: destinationTestSchema.nullable(),
});
export type DestinationView = z.infer<typeof destinationViewSchema>;

export const destinationListSchema = z.object({ items: z.array(destinationViewSchema), serverTime: z.iso.datetime() });
