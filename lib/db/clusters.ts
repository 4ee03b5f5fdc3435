import { db } from "./client";
import type { Prisma } from "./generated/client";

export type ClusterRow = Prisma.ClusterGetPayload<object>;

/** Makes the cluster of this name, or brings its address up to date: the lab's port may be another after a restart. */
export async function upsertCluster(cluster: { name: string; apiUrl: string; isLab: boolean }): Promise<ClusterRow> {
  const { name, ...facts } = cluster;
  return db().cluster.upsert({ where: { name }, create: cluster, update: facts });
}

export async function findCluster(name: string): Promise<ClusterRow | null> {
  return db().cluster.findUnique({ where: { name } });
}
