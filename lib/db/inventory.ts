import type { GuestType } from "@/lib/domain/guest";
import { db, type Transaction } from "./client";
import type { Prisma } from "./generated/client";

export type GuestRow = Prisma.GuestGetPayload<object>;

export type NewGuest = {
  nodeId: string;
  key: string;
  type: GuestType;
  vmid: number | null;
  incarnation: number;
  fingerprint: string;
  name: string;
  tags: string[];
  pool: string | null;
  isRunning: boolean;
};

export type GuestChange = { id: string } & Partial<
  Pick<GuestRow, "nodeId" | "fingerprint" | "name" | "tags" | "pool" | "isRunning" | "archivedAt">
>;

/** One writer of the cluster's guests at a time: app and workers all look, and two must not both make a guest. */
export async function inventoryTransaction<Result>(
  clusterId: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return db().$transaction(
    async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`inventory ${clusterId}`}, 0))`;
      return work(tx);
    },
    { timeout: 30_000, maxWait: 30_000 },
  );
}

/** Makes the nodes that are not known yet; answers the ids of all of the cluster's nodes by name. */
export async function upsertNodes(
  clusterId: string,
  nodes: readonly { name: string; pveVersion: string | null }[],
  tx: Transaction,
): Promise<Map<string, string>> {
  await tx.node.createMany({ data: nodes.map(({ name }) => ({ clusterId, name })), skipDuplicates: true });
  for (const { name, pveVersion } of nodes) {
    if (pveVersion === null) continue;
    await tx.node.updateMany({
      where: { clusterId, name, OR: [{ pveVersion: null }, { pveVersion: { not: pveVersion } }] },
      data: { pveVersion },
    });
  }
  const rows = await tx.node.findMany({ where: { clusterId }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** The newest incarnation under each key of the cluster, archived ones included. */
export async function newestIncarnations(clusterId: string, tx: Transaction): Promise<GuestRow[]> {
  return tx.guest.findMany({
    where: { clusterId },
    distinct: ["key"],
    orderBy: [{ key: "asc" }, { incarnation: "desc" }],
  });
}

export async function insertGuests(
  clusterId: string,
  guests: readonly NewGuest[],
  tx: Transaction,
): Promise<GuestRow[]> {
  return tx.guest.createManyAndReturn({ data: guests.map((guest) => ({ ...guest, clusterId })) });
}

export async function updateGuests(changes: readonly GuestChange[], tx: Transaction): Promise<void> {
  for (const { id, ...data } of changes) await tx.guest.update({ where: { id }, data });
}

export async function touchGuests(ids: readonly string[], lastSeenAt: Date, tx: Transaction): Promise<void> {
  await tx.guest.updateMany({ where: { id: { in: [...ids] } }, data: { lastSeenAt } });
}

/** When any guest was last seen in its cluster: when somebody last looked. */
export async function newestSighting(): Promise<Date | null> {
  const { _max } = await db().guest.aggregate({ _max: { lastSeenAt: true } });
  return _max.lastSeenAt;
}
