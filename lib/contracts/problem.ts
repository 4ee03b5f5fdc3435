import { z } from "zod";
import { errorCodes } from "@/lib/domain/errors";

/** RFC 9457 problem details. `fields` names what was wrong in the input; `safe` and `action` are for the person. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum([...errorCodes, "internal"]),
  cause: z.string(),
  safe: z.string().optional(),
  action: z.string().optional(),
  fields: z.record(z.string(), z.string()).optional(),
  errorId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What a failed step says on the screens: cause, what is still safe, one action. */
export const faultSchema = z.object({
  code: z.string(),
  cause: z.string(),
  safe: z.string(),
  action: z.string(),
});

/** Where a page of a list goes on; null at its end. */
export const cursorSchema = z.string().max(200);

export const limitSchema = z.coerce.number().int().min(1).max(200).default(100);

/** How a list over time is asked for: between two instants, a page at a time. */
export const timePageQuery = {
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: cursorSchema.optional(),
  limit: limitSchema,
};
