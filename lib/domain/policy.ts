import { z } from "zod";
import { proofSchema, slotSchema } from "./destination";
import { backupModeSchema, guestSelectionSchema } from "./guest";
import { retentionRulesSchema } from "./retention";

/** What of a policy is not a column: how guests are chosen, dumped, copied and proven. */
export const policySettingsSchema = z.strictObject({
  selection: guestSelectionSchema,
  mode: backupModeSchema.default("snapshot"),
  engine: z.enum(["frames", "stock"]).default("frames"),
  compressionLevel: z.int().min(1).max(19).default(3),
  compressionThreads: z.int().min(1).max(64).default(2),
  /** Of the dump, in KiB/s as vzdump takes it; 0 is unlimited. */
  dumpLimitKibPerSecond: z.int().min(0).max(100_000_000).default(0),
  /** Of each transfer, in KiB/s; 0 is unlimited. */
  transferLimitKibPerSecond: z.int().min(0).max(100_000_000).default(0),
  copySource: z.enum(["primary", "auto"]).default("primary"),
  includeHostConfig: z.boolean().default(true),
  minCopies: z.int().min(1).max(4).default(2),
  requiredProof: proofSchema.default("P2"),
  catchUp: z.boolean().default(false),
  startGraceMinutes: z.int().min(1).max(1440).default(30),
  maxDurationMinutes: z.int().min(1).max(10_080).default(240),
  /** Null: from the schedule, its interval + max(2 h, 25 %). */
  targetMinutes: z.int().min(1).max(525_600).nullable().default(null),
});
export type PolicySettings = z.infer<typeof policySettingsSchema>;

export const policyDestinationSchema = z.strictObject({
  slot: slotSchema,
  isRequired: z.boolean().default(true),
  retention: retentionRulesSchema,
});
export type PolicyDestination = z.infer<typeof policyDestinationSchema>;

/** What a run keeps of its policy: an edit during the run changes nothing of it. */
export const policySnapshotSchema = z.strictObject({
  settings: policySettingsSchema,
  timeZone: z.string(),
  destinations: z.array(policyDestinationSchema.extend({ destinationId: z.uuid() })),
});
export type PolicySnapshot = z.infer<typeof policySnapshotSchema>;
