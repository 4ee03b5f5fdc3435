import type { z } from "zod";
import type { nodeListSchema } from "@/lib/contracts/nodes";
import { nodesWithWorkers } from "@/lib/db/read-nodes";

/** Nodes by name; a worker counts as up while its lease runs. */
export async function listNodes(now: Date): Promise<z.infer<typeof nodeListSchema>> {
  const nodes = await nodesWithWorkers();
  return {
    items: nodes.map((node) => ({
      id: node.id,
      name: node.name,
      pveVersion: node.pveVersion,
      guestCount: node._count.guests,
      dumpDirectory: node.dumpDirectory,
      freeBytes: node.freeBytes === null ? null : Number(node.freeBytes),
      totalBytes: node.totalBytes === null ? null : Number(node.totalBytes),
      worker: {
        isUp: node.leaseExpiresAt !== null && node.leaseExpiresAt > now,
        version: node.workerVersion,
        seenAt: node.workerSeenAt?.toISOString() ?? null,
      },
    })),
    serverTime: now.toISOString(),
  };
}
