import { z } from "zod";
import { roleSchema } from "@/lib/domain/role";

/** Who is calling: a person who signed in, or a token. */
export const sessionViewSchema = z.object({
  name: z.string(),
  role: roleSchema,
  via: z.enum(["sign_in", "token"]),
  /** When a sign-in ends by itself; null for a token without an end. */
  expiresAt: z.iso.datetime().nullable(),
  clusterName: z.string(),
  isLab: z.boolean(),
  serverTime: z.iso.datetime(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const signInBodySchema = z.strictObject({
  username: z.string().min(1, "must not be empty").max(100),
  password: z.string().min(1, "must not be empty").max(200),
});
