import { db } from "./client";
import { Prisma } from "./generated/client";

export type NodeRow = Prisma.NodeGetPayload<object>;

type Claim = { workerId: string; identity: Prisma.InputJsonObject; leaseMs: number; now: Date; version: string };

/**
 * Makes a worker the one that acts for a node. Undefined while another's lease runs, unless `isGone` says that the
 * recorded process is no longer there. The token grows with every holder, so a paused one that wakes writes nothing.
 */
export async function claimNode(
  nodeId: string,
  claim: Claim,
  isGone: (identity: unknown) => boolean,
): Promise<NodeRow | undefined> {
  const node = await db().node.findUniqueOrThrow({ where: { id: nodeId } });
  const isFree = node.leaseExpiresAt === null || node.leaseExpiresAt <= claim.now || isGone(node.workerIdentity);
  if (!isFree) return undefined;
  const [row] = await db().node.updateManyAndReturn({
    where: { id: nodeId, fencingToken: node.fencingToken },
    data: {
      workerId: claim.workerId,
      workerIdentity: claim.identity,
      workerVersion: claim.version,
      workerSeenAt: claim.now,
      leaseExpiresAt: new Date(claim.now.getTime() + claim.leaseMs),
      fencingToken: { increment: 1 },
    },
  });
  return row;
}

type NodeReport = { dumpDirectory?: string; freeBytes?: number; totalBytes?: number };

/** A heartbeat; false when the node is no longer this worker's. */
export async function renewNode(
  node: { id: string; fencingToken: number },
  { now, leaseMs, report }: { now: Date; leaseMs: number; report: NodeReport },
): Promise<boolean> {
  const { count } = await db().node.updateMany({
    where: { id: node.id, fencingToken: node.fencingToken },
    data: {
      workerSeenAt: now,
      leaseExpiresAt: new Date(now.getTime() + leaseMs),
      ...(report.dumpDirectory === undefined ? {} : { dumpDirectory: report.dumpDirectory }),
      ...(report.freeBytes === undefined ? {} : { freeBytes: BigInt(report.freeBytes) }),
      ...(report.totalBytes === undefined ? {} : { totalBytes: BigInt(report.totalBytes) }),
    },
  });
  return count > 0;
}

/** Gives the node up at a graceful stop, so that the next worker need not wait. */
export async function releaseNode(node: { id: string; fencingToken: number }): Promise<void> {
  await db().node.updateMany({
    where: { id: node.id, fencingToken: node.fencingToken },
    data: { leaseExpiresAt: null, workerId: null, workerIdentity: Prisma.DbNull },
  });
}

export async function findNode(clusterId: string, name: string): Promise<NodeRow | null> {
  return db().node.findUnique({ where: { clusterId_name: { clusterId, name } } });
}

/** Ids of the nodes whose worker was heard of within its lease. */
export async function servedNodeIds(now: Date): Promise<Set<string>> {
  const rows = await db().node.findMany({ where: { leaseExpiresAt: { gt: now } }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
