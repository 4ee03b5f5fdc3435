import { z } from "zod";
import type { PveApi } from "./client";

/** What GET /access/permissions answers: privileges by path, 1 where they pass on to paths below. */
const permissionsSchema = z.record(z.string(), z.record(z.string(), z.coerce.number()));
export type Permissions = z.infer<typeof permissionsSchema>;

const needed = [
  { path: "/vms", privilege: "VM.Audit", without: "guests are missing from the list, without an error" },
  {
    path: "/vms",
    privilege: "VM.Backup",
    without: "Proxmox shows an empty list of backups instead of an error: empty may mean that the token is too weak",
  },
  { path: "/storage", privilege: "Datastore.Audit", without: "storages and their free space cannot be seen" },
  { path: "/nodes", privilege: "Sys.Audit", without: "the state and the tasks of nodes cannot be seen" },
] as const;

export type MissingPrivilege = (typeof needed)[number];

export async function readPermissions(api: PveApi): Promise<Permissions> {
  return permissionsSchema.parse(await api.access.permissions.$get());
}

/** What the product needs and the token lacks, each with what it costs. */
export function missingPrivileges(permissions: Permissions): MissingPrivilege[] {
  return needed.filter(({ path, privilege }) => !hasPrivilege(permissions, path, privilege));
}

/** Whether every guest of the cluster is visible: only then does a guest that is not listed not exist. */
export function canSeeAllGuests(permissions: Permissions): boolean {
  return hasPrivilege(permissions, "/vms", "VM.Audit");
}

/** The closest listed path decides, as an entry below replaces what it would inherit (pve-access-control, roles()). */
function hasPrivilege(permissions: Permissions, path: string, privilege: string): boolean {
  const own = permissions[path];
  if (own) return privilege in own;
  return permissions["/"]?.[privilege] === 1;
}
