import type { Slot } from "@/lib/domain/destination";
import { db } from "./client";
import { Prisma } from "./generated/client";

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

type DestinationColumns = { name?: string; remote?: string; transfers?: number; pausedUntil?: Date | null };

/** Changes a destination in use; undefined when it is gone. Another remote has not been tested. */
export async function updateDestination(
  destinationId: string,
  columns: DestinationColumns,
): Promise<DestinationRow | undefined> {
  const untested = columns.remote === undefined ? {} : { lastTestAt: null, lastTestOk: null, lastTest: Prisma.DbNull };
  const [row] = await db().destination.updateManyAndReturn({
    where: { id: destinationId, removedAt: null },
    data: { ...columns, ...untested },
  });
  return row;
}

/** Takes a destination out of use and out of every policy; its copies keep their rows. False when it was gone already. */
export async function removeDestinationRow(destinationId: string, now: Date): Promise<boolean> {
  return db().$transaction(async (tx) => {
    const { count } = await tx.destination.updateMany({
      where: { id: destinationId, removedAt: null },
      data: { removedAt: now },
    });
    if (count > 0) await tx.policyDestination.deleteMany({ where: { destinationId } });
    return count > 0;
  });
}

export type DestinationSums = { destinationId: string; copyCount: number; goodCopyCount: number; ourBytes: number };

/** What lies at each destination, by the catalogue. */
export async function sumCopies(): Promise<DestinationSums[]> {
  const rows = await db().$queryRaw<
    { destinationId: string; copyCount: bigint; goodCopyCount: bigint; ourBytes: bigint }[]
  >`
    select "destinationId",
           count(*) as "copyCount",
           count(*) filter (where state = 'good') as "goodCopyCount",
           coalesce(sum("sizeBytes"), 0)::bigint as "ourBytes"
    from "Copy"
    where state not in ('removed', 'missing')
    group by "destinationId"`;
  return rows.map((row) => ({
    destinationId: row.destinationId,
    copyCount: Number(row.copyCount),
    goodCopyCount: Number(row.goodCopyCount),
    ourBytes: Number(row.ourBytes),
  }));
}
