import type { GuestChange, GuestRow, NewGuest } from "@/lib/db/inventory";
import { isAnotherIncarnation } from "@/lib/domain/guest";

/** A guest as the cluster shows it; `nodeId` is the row of its node. */
export type SeenGuest = Omit<NewGuest, "incarnation">;

export type InventoryChanges = { inserted: NewGuest[]; changed: GuestChange[]; seenIds: string[] };

type Circumstances = {
  now: Date;
  /** Whether a guest that is not seen is gone: never after an empty answer, or with a token that sees only some. */
  isComplete: boolean;
};

/**
 * What an answer of the cluster changes in the guests we know (the newest incarnation under each key). A VMID under
 * which another guest is seen makes a new guest and archives the old one, whose points stay as they are.
 */
export function compareInventory(
  known: readonly GuestRow[],
  seen: readonly SeenGuest[],
  { now, isComplete }: Circumstances,
): InventoryChanges {
  const knownByKey = new Map(known.map((guest) => [guest.key, guest]));
  const changes: InventoryChanges = { inserted: [], changed: [], seenIds: [] };

  for (const guest of seen) {
    const before = knownByKey.get(guest.key);
    if (!before) {
      changes.inserted.push({ ...guest, incarnation: 1 });
    } else if (isAnotherIncarnation(before.fingerprint, guest.fingerprint)) {
      changes.inserted.push({ ...guest, incarnation: before.incarnation + 1 });
      if (!before.archivedAt) changes.changed.push({ id: before.id, archivedAt: now, isRunning: false });
    } else {
      changes.seenIds.push(before.id);
      const change = changeOf(before, guest);
      if (change) changes.changed.push(change);
    }
  }

  if (isComplete) {
    const seenKeys = new Set(seen.map(({ key }) => key));
    for (const guest of known) {
      if (seenKeys.has(guest.key) || guest.archivedAt) continue;
      changes.changed.push({ id: guest.id, archivedAt: now, isRunning: false });
    }
  }
  return changes;
}

function changeOf(before: GuestRow, seen: SeenGuest): GuestChange | undefined {
  const after = {
    nodeId: seen.nodeId,
    name: seen.name,
    tags: seen.tags,
    pool: seen.pool,
    isRunning: seen.isRunning,
    // What could not be read this time is not forgotten.
    fingerprint: seen.fingerprint || before.fingerprint,
    archivedAt: null,
  };
  const isSame =
    before.nodeId === after.nodeId &&
    before.name === after.name &&
    before.pool === after.pool &&
    before.isRunning === after.isRunning &&
    before.fingerprint === after.fingerprint &&
    before.archivedAt === null &&
    before.tags.join(";") === after.tags.join(";");
  return isSame ? undefined : { id: before.id, ...after };
}
