import { config } from "@/lib/config";
import { findCluster } from "@/lib/db/clusters";
import {
  insertGuests,
  inventoryTransaction,
  newestIncarnations,
  touchGuests,
  updateGuests,
  upsertNodes,
} from "@/lib/db/inventory";
import { AppError } from "@/lib/domain/errors";
import { guestKey } from "@/lib/domain/guest";
import { configuredPve, type PveApi } from "@/lib/pve/client";
import { type Inventory, readInventory } from "@/lib/pve/inventory";
import { canSeeAllGuests, readPermissions } from "@/lib/pve/permissions";
import { publishEvent } from "@/lib/redis/events";
import { compareInventory, type SeenGuest } from "./compare-inventory";

type Sync = { api?: PveApi; now?: Date; signal?: AbortSignal };

/**
 * Brings nodes and guests up to what the cluster shows at this moment. Fails with cluster_unreachable or cluster_refused
 * before anything is written. Guests that vanished are archived, but not on the word of an empty answer or a weak token.
 */
export async function syncInventory({ api, now = new Date(), signal }: Sync = {}): Promise<{ changedCount: number }> {
  const cluster = await findCluster(config().clusterName);
  if (!cluster) throw new AppError("not_possible", "The cluster has not been set up yet.");
  const pve = api ?? configuredPve().api({ signal });
  const [inventory, permissions] = await Promise.all([readInventory(pve), readPermissions(pve)]);
  const isComplete = inventory.guests.length > 0 && inventory.nodes.length > 0 && canSeeAllGuests(permissions);

  const changedIds = await inventoryTransaction(cluster.id, async (tx) => {
    const nodeIds = await upsertNodes(cluster.id, inventory.nodes, tx);
    const known = await newestIncarnations(cluster.id, tx);
    const changes = compareInventory(known, seenGuests(inventory, nodeIds), { now, isComplete });
    await updateGuests(changes.changed, tx);
    const inserted = await insertGuests(cluster.id, changes.inserted, tx);
    await touchGuests(changes.seenIds, now, tx);
    return [...changes.changed, ...inserted].map(({ id }) => id);
  });

  await announceGuests(changedIds);
  return { changedCount: changedIds.length };
}

/** The first look at a large estate is one event, not hundreds. */
async function announceGuests(guestIds: readonly string[]): Promise<void> {
  if (guestIds.length > 50) return publishEvent({ type: "overview.changed" });
  for (const guestId of guestIds) await publishEvent({ type: "guest.changed", guestId });
}

/** Every node is a guest too: its own configuration. */
function seenGuests(inventory: Inventory, nodeIds: Map<string, string>): SeenGuest[] {
  const hosts = inventory.nodes.map(({ name, isOnline }) => ({
    type: "host" as const,
    vmid: null,
    name,
    nodeName: name,
    tags: [],
    pool: null,
    isRunning: isOnline,
    fingerprint: "",
  }));
  return [...hosts, ...inventory.guests].flatMap((guest) => {
    const nodeId = nodeIds.get(guest.nodeName);
    if (nodeId === undefined) return [];
    const { type, vmid, name, tags, pool, isRunning, fingerprint } = guest;
    return [{ nodeId, key: guestKey(guest), type, vmid, name, tags, pool, isRunning, fingerprint }];
  });
}
