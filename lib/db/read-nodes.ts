import { db } from "./client";
import type { Prisma } from "./generated/client";

const withCounts = {
  _count: { select: { guests: { where: { archivedAt: null, type: { not: "host" } } } } },
} as const satisfies Prisma.NodeInclude;

export type NodeWithWorker = Prisma.NodeGetPayload<{ include: typeof withCounts }>;

/** Nodes by name, with the lease of their worker and the number of VMs and containers on them. */
export async function nodesWithWorkers(): Promise<NodeWithWorker[]> {
  return db().node.findMany({ orderBy: { name: "asc" }, include: withCounts });
}
