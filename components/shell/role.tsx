"use client";

import { createContext, type ReactNode, useContext } from "react";
import { hasRole, type Role } from "@/lib/domain/role";

const RoleContext = createContext<Role>("viewer");

export function RoleProvider({ role, children }: { role: Role; children: ReactNode }) {
  return <RoleContext value={role}>{children}</RoleContext>;
}

/** Whether the signed-in user may do what needs this role. What they may not do is not shown. */
export function useHasRole(needed: Role): boolean {
  return hasRole(useContext(RoleContext), needed);
}
