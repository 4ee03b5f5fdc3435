import { z } from "zod";

/** Each may do what those before it may. */
export const roleSchema = z.enum(["viewer", "operator", "admin"]);
export type Role = z.infer<typeof roleSchema>;

export const roleLabel = { viewer: "Viewer", operator: "Operator", admin: "Admin" } as const satisfies Record<
  Role,
  string
>;

export function hasRole(role: Role, needed: Role): boolean {
  const order = roleSchema.options;
  return order.indexOf(role) >= order.indexOf(needed);
}
