import type { Health } from "@/lib/contracts/health";
import { pingDb } from "@/lib/db/ping";
import { nodesWithWorkers } from "@/lib/db/read-nodes";
import { productVersion } from "@/lib/product-version";
import { pingRedis } from "@/lib/redis/ping";

/** Whether the stores answer, without which nothing can be read or done. */
export async function readPublicHealth(): Promise<Pick<Health, "status">> {
  const [postgres, redis] = await Promise.all([partOf(pingDb), partOf(pingRedis)]);
  return { status: postgres.isUp && redis.isUp ? "up" : "degraded" };
}

/** Each part: the stores, and every node's worker. Never fails: what is down is told as down. */
export async function readHealth(now: Date): Promise<Health> {
  const [postgres, redis] = await Promise.all([partOf(pingDb), partOf(pingRedis)]);
  const nodes = postgres.isUp ? await nodesWithWorkers() : [];
  const workers = nodes.map(({ name, workerVersion, workerSeenAt, leaseExpiresAt }) => ({
    nodeName: name,
    isUp: leaseExpiresAt !== null && leaseExpiresAt > now,
    seenAt: workerSeenAt?.toISOString() ?? null,
    version: workerVersion,
  }));
  const isUp = postgres.isUp && redis.isUp && workers.every((worker) => worker.isUp);
  return {
    status: isUp ? "up" : "degraded",
    version: productVersion,
    serverTime: now.toISOString(),
    postgres,
    redis,
    workers,
  };
}

async function partOf(ping: () => Promise<void>): Promise<{ isUp: boolean; text: string }> {
  const startedAt = performance.now();
  try {
    await ping();
    return { isUp: true, text: `answers in ${Math.round(performance.now() - startedAt)} ms` };
  } catch {
    // What exactly failed may name hosts and accounts; the log of the connection has it.
    return { isUp: false, text: "does not answer" };
  }
}
