import { z } from "zod";

/** A node as its worker and Proxmox last told of it. */
const nodeViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  pveVersion: z.string().nullable(),
  guestCount: z.int(),
  dumpDirectory: z.string().nullable(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  worker: z.object({
    isUp: z.boolean(),
    version: z.string().nullable(),
    seenAt: z.iso.datetime().nullable(),
  }),
});

export const nodeListSchema = z.object({ items: z.array(nodeViewSchema), serverTime: z.iso.datetime() });
