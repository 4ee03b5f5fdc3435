import { z } from "zod";

/** What anybody may know: whether the product is up. */
export const publicHealthSchema = z.object({ status: z.enum(["up", "degraded"]) });

const partSchema = z.object({ isUp: z.boolean(), text: z.string() });

/** With a session or token: each part. */
export const healthSchema = publicHealthSchema.extend({
  version: z.string(),
  serverTime: z.iso.datetime(),
  postgres: partSchema,
  redis: partSchema,
  workers: z.array(
    z.object({
      nodeName: z.string(),
      isUp: z.boolean(),
      seenAt: z.iso.datetime().nullable(),
      version: z.string().nullable(),
    }),
  ),
});
export type Health = z.infer<typeof healthSchema>;
