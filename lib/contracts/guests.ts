import { z } from "zod";
import { proofSchema, slotSchema } from "@/lib/domain/destination";
import { guestTypeSchema } from "@/lib/domain/guest";
import { cursorSchema, limitSchema } from "./problem";

export const guestParamsSchema = z.strictObject({ guestId: z.uuid() });

export const protectionStateSchema = z.enum(["protected", "reduced", "at_risk", "unprotected", "excluded", "archived"]);

/** One pip: the state of a guest's newest copy at one destination. */
export const pipSchema = z.object({
  slot: slotSchema,
  state: z.enum(["good", "pending", "copying", "old", "failed", "corrupt", "not_due"]),
  at: z.iso.datetime().nullable(),
  proof: proofSchema.nullable(),
});
export type Pip = z.infer<typeof pipSchema>;

export const guestViewSchema = z.object({
  id: z.uuid(),
  type: guestTypeSchema,
  vmid: z.int().nullable(),
  name: z.string(),
  nodeName: z.string(),
  tags: z.array(z.string()),
  incarnation: z.int(),
  isRunning: z.boolean(),
  policyIds: z.array(z.uuid()),
  state: protectionStateSchema,
  reasonCode: z.string(),
  reasonText: z.string(),
  targetSeconds: z.number().nullable(),
  lastGoodAt: z.iso.datetime().nullable(),
  copies: z.array(pipSchema).length(4),
  newestSizeBytes: z.number().nullable(),
  pointCount: z.int(),
});
export type GuestView = z.infer<typeof guestViewSchema>;

export const listGuestsQuerySchema = z.strictObject({
  q: z.string().max(200).optional(),
  type: guestTypeSchema.optional(),
  node: z.string().max(63).optional(),
  cursor: cursorSchema.optional(),
  limit: limitSchema,
});

export const guestListSchema = z.object({
  items: z.array(guestViewSchema),
  nextCursor: z.string().nullable(),
  total: z.int(),
  serverTime: z.iso.datetime(),
});
export type GuestList = z.infer<typeof guestListSchema>;
