import { z } from "zod";

export const guestTypeSchema = z.enum(["qemu", "lxc", "host"]);
export type GuestType = z.infer<typeof guestTypeSchema>;

export const backupModeSchema = z.enum(["snapshot", "suspend", "stop"]);
export type BackupMode = z.infer<typeof backupModeSchema>;

/** "lxc/101", "qemu/100" or "host/pve1": what names a guest within its cluster, reused VMIDs aside. */
export function guestKey(guest: { type: GuestType; vmid: number | null; nodeName: string }): string {
  return guest.type === "host" ? `host/${guest.nodeName}` : `${guest.type}/${guest.vmid}`;
}

/** How a guest is named everywhere: "117 gitlab"; a node's own configuration is "pve1 host configuration". */
export function guestLabel(guest: { type: GuestType; vmid: number | null; name: string }): string {
  return guest.type === "host" ? `${guest.name} host configuration` : `${guest.vmid} ${guest.name}`;
}

type SelectableGuest = {
  id: string;
  vmid: number | null;
  name: string;
  type: GuestType;
  nodeName: string;
  tags: readonly string[];
  pool?: string | undefined;
};

export const guestSelectionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("all"),
    exceptVmids: z.array(z.int().min(100).max(999_999_999)).max(10_000).default([]),
  }),
  z.strictObject({ kind: z.literal("tags"), tags: z.array(z.string().min(1).max(64)).min(1).max(100) }),
  z.strictObject({ kind: z.literal("nodes"), nodes: z.array(z.string().min(1).max(63)).min(1).max(100) }),
  z.strictObject({ kind: z.literal("pools"), pools: z.array(z.string().min(1).max(255)).min(1).max(100) }),
  z.strictObject({ kind: z.literal("picked"), vmids: z.array(z.int().min(100).max(999_999_999)).min(1).max(10_000) }),
]);
export type GuestSelection = z.infer<typeof guestSelectionSchema>;

/** The VMs and containers a selection means at this moment. Host configuration is the policy's own switch, not a selection. */
export function selectGuests<Guest extends SelectableGuest>(
  selection: GuestSelection,
  guests: readonly Guest[],
): Guest[] {
  const candidates = guests.filter((guest) => guest.type !== "host");
  switch (selection.kind) {
    case "all":
      return candidates.filter((guest) => guest.vmid === null || !selection.exceptVmids.includes(guest.vmid));
    case "tags":
      return candidates.filter((guest) => guest.tags.some((tag) => selection.tags.includes(tag)));
    case "nodes":
      return candidates.filter((guest) => selection.nodes.includes(guest.nodeName));
    case "pools":
      return candidates.filter((guest) => guest.pool !== undefined && selection.pools.includes(guest.pool));
    case "picked":
      return candidates.filter((guest) => guest.vmid !== null && selection.vmids.includes(guest.vmid));
    default:
      return selection satisfies never;
  }
}

/**
 * Whether what Proxmox shows under a VMID is another guest than the one we knew. Fingerprints are sorted facts joined by
 * " " (creation time, MACs); a guest that changed one network card is still itself, so all facts must differ.
 */
export function isAnotherIncarnation(knownFingerprint: string, seenFingerprint: string): boolean {
  if (knownFingerprint === "" || seenFingerprint === "") return false;
  const known = new Set(knownFingerprint.split(" "));
  return !seenFingerprint.split(" ").some((fact) => known.has(fact));
}
