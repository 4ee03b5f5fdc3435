import { z } from "zod";
import { copyStateSchema, proofSchema, slotSchema, verifiedBySchema } from "@/lib/domain/destination";
import { backupModeSchema, guestTypeSchema } from "@/lib/domain/guest";
import { timePageQuery } from "./problem";

export const restorePointParamsSchema = z.strictObject({ pointId: z.uuid() });

const copyViewSchema = z.object({
  slot: slotSchema,
  destinationName: z.string(),
  state: copyStateSchema,
  proof: proofSchema.nullable(),
  verifiedBy: verifiedBySchema.nullable(),
  evidence: z.string().nullable(),
  path: z.string(),
  sizeBytes: z.number().nullable(),
  provedAt: z.iso.datetime().nullable(),
  faultCause: z.string().nullable(),
});

export const restorePointViewSchema = z.object({
  id: z.uuid(),
  guestId: z.uuid(),
  guestType: guestTypeSchema,
  vmid: z.int().nullable(),
  guestName: z.string(),
  nodeName: z.string(),
  takenAt: z.iso.datetime(),
  mode: backupModeSchema,
  archiveName: z.string(),
  sizeBytes: z.number(),
  rawSizeBytes: z.number().nullable(),
  sha256: z.string(),
  durationMs: z.number().nullable(),
  isPinned: z.boolean(),
  note: z.string(),
  runNumber: z.int().nullable(),
  copies: z.array(copyViewSchema),
});
export type RestorePointView = z.infer<typeof restorePointViewSchema>;

export const listRestorePointsQuerySchema = z.strictObject({
  guest: z.uuid().optional(),
  destination: slotSchema.optional(),
  ...timePageQuery,
});

export const restorePointListSchema = z.object({
  items: z.array(restorePointViewSchema),
  nextCursor: z.string().nullable(),
  serverTime: z.iso.datetime(),
});
export type RestorePointList = z.infer<typeof restorePointListSchema>;
