import type { CopyState, Proof, Slot } from "@/lib/domain/destination";
import type { GuestType } from "@/lib/domain/guest";
import { db } from "./client";
import { Prisma } from "./generated/client";

/** Every guest of the cluster that still exists, with what selections look at. Five hundred rows, small ones. */
export async function selectableGuests() {
  const rows = await db().guest.findMany({
    where: { archivedAt: null },
    select: {
      id: true,
      nodeId: true,
      type: true,
      vmid: true,
      name: true,
      tags: true,
      pool: true,
      excludedReason: true,
      excludedUntil: true,
      node: { select: { name: true } },
    },
  });
  return rows.map(({ node, pool, ...row }) => ({ ...row, pool: pool ?? undefined, nodeName: node.name }));
}

export type SelectableGuestRow = Awaited<ReturnType<typeof selectableGuests>>[number];

const withNode = { node: { select: { name: true } } } as const satisfies Prisma.GuestInclude;
export type GuestWithNode = Prisma.GuestGetPayload<{ include: typeof withNode }>;

/** Guests that exist: what the overview judges. */
export async function livingGuests(): Promise<GuestWithNode[]> {
  return db().guest.findMany({ where: { archivedAt: null }, include: withNode });
}

export async function findGuest(guestId: string): Promise<GuestWithNode | null> {
  return db().guest.findUnique({ where: { id: guestId }, include: withNode });
}

type GuestFilters = { text?: string | undefined; type?: GuestType | undefined; nodeName?: string | undefined };

/** Where a guest stands in the list: by VMID, nodes' own configurations last. */
export type GuestPlace = { vmid: number; key: string; incarnation: number };

/** Above every VMID Proxmox allows. */
const hostPlace = 1_000_000_000;
export const placeOf = (guest: { vmid: number | null; key: string; incarnation: number }): GuestPlace => ({
  vmid: guest.vmid ?? hostPlace,
  key: guest.key,
  incarnation: guest.incarnation,
});

/** Guests in the order of the list, those after `after`, and how many there are in all. Gone guests only while points of theirs are left. */
export async function pageOfGuests(
  filters: GuestFilters,
  { after, limit }: { after?: GuestPlace | undefined; limit: number },
): Promise<{ rows: GuestWithNode[]; total: number }> {
  const where = conditionsOf(filters);
  const place = Prisma.sql`(coalesce(g.vmid, ${hostPlace}), g.key, g.incarnation)`;
  const beyond = after ? Prisma.sql`and ${place} > (${after.vmid}, ${after.key}, ${after.incarnation})` : Prisma.empty;
  const [ids, counts] = await Promise.all([
    db().$queryRaw<{ id: string }[]>`
      select g.id from "Guest" g join "Node" n on n.id = g."nodeId"
      where ${where} ${beyond} order by ${place} limit ${limit}`,
    db().$queryRaw<{ total: bigint }[]>`
      select count(*) as total from "Guest" g join "Node" n on n.id = g."nodeId" where ${where}`,
  ]);
  const found = await db().guest.findMany({ where: { id: { in: ids.map(({ id }) => id) } }, include: withNode });
  const byId = new Map(found.map((guest) => [guest.id, guest]));
  return { rows: ids.flatMap(({ id }) => byId.get(id) ?? []), total: Number(counts[0]?.total ?? 0) };
}

function conditionsOf({ text, type, nodeName }: GuestFilters): Prisma.Sql {
  const conditions = [
    Prisma.sql`(g."archivedAt" is null or exists (select from "RestorePoint" p where p."guestId" = g.id))`,
  ];
  if (type) conditions.push(Prisma.sql`g.type = ${type}::"GuestType"`);
  if (nodeName !== undefined) conditions.push(Prisma.sql`n.name = ${nodeName}`);
  if (text) {
    const literal = text.replaceAll(/[\\%_]/g, "\\$&");
    conditions.push(
      Prisma.sql`(g.name ilike ${`%${literal}%`} or g.vmid::text like ${`${literal}%`} or ${text} = any (g.tags))`,
    );
  }
  return Prisma.join(conditions, " and ");
}

export type CopyAtSlot = {
  guestId: string;
  slot: Slot;
  state: CopyState;
  proof: Proof | null;
  takenAt: Date;
  provedAt: Date | null;
  faultCause: string | null;
};

/**
 * Of each guest and slot the newest copy, and the newest good one where that is another. Probes by index from the newest
 * point backwards, so that its time grows with the guests and not with the length of their history.
 */
export async function newestCopies(guestIds: readonly string[]): Promise<CopyAtSlot[]> {
  return db().$queryRaw<CopyAtSlot[]>`
    with newest as materialized (
      select g.id as "guestId", d.id as "destinationId", d.slot, c.*
      from unnest(${[...guestIds]}::uuid[]) as g(id)
      cross join "Destination" d
      cross join lateral (
        select c.state, c.proof, p."takenAt", c."provedAt", c."faultCause"
        from "RestorePoint" p join "Copy" c on c."pointId" = p.id and c."destinationId" = d.id
        where p."guestId" = g.id and c.state <> 'removed' order by p."takenAt" desc limit 1
      ) c
      where d."removedAt" is null
    )
    select "guestId", slot::text, state::text, proof::text, "takenAt", "provedAt", "faultCause" from newest
    union all
    select n."guestId", n.slot::text, c.state::text, c.proof::text, c."takenAt", c."provedAt", c."faultCause"
    from newest n
    cross join lateral (
      select c.state, c.proof, p."takenAt", c."provedAt", c."faultCause"
      from "RestorePoint" p join "Copy" c on c."pointId" = p.id and c."destinationId" = n."destinationId"
      where p."guestId" = n."guestId" and c.state = 'good' order by p."takenAt" desc limit 1
    ) c
    where n.state <> 'good'`;
}

export type PointSums = { guestId: string; pointCount: number; copyCount: number; newestSizeBytes: number | null };

/** How many points and copies of each guest are left, and the size of its newest archive. */
export async function sumPoints(guestIds: readonly string[]): Promise<Map<string, PointSums>> {
  const rows = await db().$queryRaw<
    { guestId: string; pointCount: bigint; copyCount: bigint; newestSizeBytes: bigint | null }[]
  >`
    select g.id as "guestId", count(distinct c."pointId") as "pointCount", count(c.id) as "copyCount",
           (select a."sizeBytes" from "RestorePoint" p join "Archive" a on a."pointId" = p.id
            where p."guestId" = g.id and a."sealedAt" is not null order by p."takenAt" desc limit 1) as "newestSizeBytes"
    from unnest(${[...guestIds]}::uuid[]) as g(id)
    left join "RestorePoint" p on p."guestId" = g.id
    left join "Copy" c on c."pointId" = p.id and c.state <> 'removed'
    group by g.id`;
  return new Map(
    rows.map(({ guestId, pointCount, copyCount, newestSizeBytes }) => [
      guestId,
      {
        guestId,
        pointCount: Number(pointCount),
        copyCount: Number(copyCount),
        newestSizeBytes: newestSizeBytes === null ? null : Number(newestSizeBytes),
      },
    ]),
  );
}

/** Guests that are gone and of which points are left. */
export async function countArchivedGuests(): Promise<number> {
  return db().guest.count({ where: { archivedAt: { not: null }, points: { some: {} } } });
}
