import type { Slot } from "@/lib/domain/destination";
import { db } from "./client";
import type { Prisma } from "./generated/client";

export type DestinationRow = Prisma.DestinationGetPayload<object>;

type NewDestination = { slot: Slot; name: string; remote: string | null; transfers?: number | undefined };

/** Makes a destination; undefined when its slot is taken (of two that try at once, the index lets one in). */
export async function insertDestination(
  clusterId: string,
  { slot, name, remote, transfers }: NewDestination,
): Promise<DestinationRow | undefined> {
  const [row] = await db().destination.createManyAndReturn({
    data: [
      {
        clusterId,
        slot,
        kind: slot === "local" ? "local" : "rclone",
        name,
        remote,
        ...(transfers === undefined ? {} : { transfers }),
      },
    ],
    skipDuplicates: true,
  });
  return row;
}

/** The slots that were ever used, removed destinations included. */
export async function slotsEverUsed(clusterId: string): Promise<Set<Slot>> {
  const rows = await db().destination.findMany({ where: { clusterId }, select: { slot: true } });
  return new Set(rows.map(({ slot }) => slot));
}

export async function destinationsInUse(clusterId: string): Promise<DestinationRow[]> {
  return db().destination.findMany({ where: { clusterId, removedAt: null }, orderBy: { slot: "asc" } });
}

export async function findDestination(destinationId: string): Promise<DestinationRow | null> {
  return db().destination.findFirst({ where: { id: destinationId, removedAt: null } });
}

/** These destinations in the order of their slots, removed ones too: a run keeps those it was made with. */
export async function destinationsNamed(ids: readonly string[]): Promise<DestinationRow[]> {
  return db().destination.findMany({ where: { id: { in: [...ids] } }, orderBy: { slot: "asc" } });
}
