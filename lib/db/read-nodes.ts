import { db } from "./client";

/** Nodes by name, with the lease of their worker and the number of VMs and containers on them. */
export async function nodesWithWorkers() {
  return db().node.findMany({
    orderBy: { name: "asc" },
    include: {
      _count: { select: { guests: { where: { archivedAt: null, type: { not: "host" } } } } },
    },
  });
}
