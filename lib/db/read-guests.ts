import { db } from "./client";

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
