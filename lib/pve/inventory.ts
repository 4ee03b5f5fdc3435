import { z } from "zod";
import type { GuestType } from "@/lib/domain/guest";
import type { PveApi } from "./client";
import { guestFingerprint } from "./guest-fingerprint";

const integer = z.coerce.number().int();
/** Node names go into paths of later calls; this is Proxmox's own rule for them (pve-common, pve-node). */
const nodeNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/)
  .max(63);

/** PostgreSQL keeps every character but one. */
const text = z.string().transform((value) => value.replaceAll("\0", ""));

/** A guest without statistics (just made, or its node is down) has id, vmid, node, type and status "unknown" only. */
const guestEntrySchema = z.object({
  type: z.enum(["qemu", "lxc"]),
  vmid: integer,
  node: nodeNameSchema,
  status: z.string().default("unknown"),
  name: text.optional(),
  tags: text.optional(),
  pool: text.optional(),
  lock: text.optional(),
  template: z.coerce.boolean().optional(),
});

const nodeEntrySchema = z.object({ node: nodeNameSchema, status: z.string().default("unknown") });
const versionSchema = z.object({ version: z.string() });

export type ClusterGuest = {
  type: Exclude<GuestType, "host">;
  vmid: number;
  name: string;
  nodeName: string;
  tags: string[];
  pool: string | null;
  isRunning: boolean;
  isTemplate: boolean;
  lock: string | null;
  /** lib/domain/guest.ts isAnotherIncarnation; empty while the configuration cannot be read. */
  fingerprint: string;
};

/** `pveVersion` is null while the node does not answer. */
export type ClusterNode = { name: string; isOnline: boolean; pveVersion: string | null };

export type Inventory = { nodes: ClusterNode[]; guests: ClusterGuest[] };

/** So many configurations are asked for at a time: 500 guests in seconds, and pveproxy's three workers stay free for others. */
const parallelReads = 6;

/**
 * All nodes and guests of the cluster as the token sees them, in order of name and VMID. A weak token sees fewer, without
 * an error: ask `canSeeAllGuests` before believing that a guest is gone.
 */
export async function readInventory(api: PveApi): Promise<Inventory> {
  const [nodeEntries, resources] = await Promise.all([
    api.nodes.$get().then((entries) => z.array(nodeEntrySchema).parse(entries)),
    api.cluster.resources.$get({ type: "vm" }).then((entries) => z.array(guestEntrySchema).parse(entries)),
  ]);
  const online = new Set(nodeEntries.filter(({ status }) => status === "online").map(({ node }) => node));
  const nodes = await inParallel(parallelReads, nodeEntries, async ({ node }) => ({
    name: node,
    isOnline: online.has(node),
    pveVersion: online.has(node) ? await readVersion(api, node) : null,
  }));
  // Each question about a dead node costs the time-out of its neighbour.
  const guests = await inParallel(parallelReads, resources, async (entry) => ({
    ...toGuest(entry),
    fingerprint: online.has(entry.node) ? await readFingerprint(api, entry) : "",
  }));
  return {
    nodes: nodes.toSorted((a, b) => a.name.localeCompare(b.name)),
    guests: guests.toSorted((a, b) => a.vmid - b.vmid),
  };
}

type GuestEntry = z.infer<typeof guestEntrySchema>;

function toGuest(entry: GuestEntry): Omit<ClusterGuest, "fingerprint"> {
  return {
    type: entry.type,
    vmid: entry.vmid,
    name: entry.name ?? `${entry.type === "qemu" ? "VM" : "CT"} ${entry.vmid}`,
    nodeName: entry.node,
    tags: (entry.tags ?? "").split(/[;, ]+/).filter(Boolean),
    pool: entry.pool ?? null,
    isRunning: entry.status === "running",
    isTemplate: entry.template ?? false,
    lock: entry.lock ?? null,
  };
}

async function readVersion(api: PveApi, nodeName: string): Promise<string | null> {
  try {
    return versionSchema.parse(await api.nodes.$(nodeName).version.$get()).version;
  } catch {
    return null;
  }
}

/** Unknown rather than failed: a guest that is moved or removed between the list and this call must not hide the others. */
async function readFingerprint(api: PveApi, { type, vmid, node }: GuestEntry): Promise<string> {
  const guests = type === "qemu" ? api.nodes.$(node).qemu : api.nodes.$(node).lxc;
  try {
    return guestFingerprint(z.record(z.string(), z.unknown()).parse(await guests.$(vmid).config.$get()));
  } catch {
    return "";
  }
}

async function inParallel<Item, Result>(
  width: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const lane = async () => {
    for (const [position, item] of rest) results[position] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
