import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import { log } from "@/lib/log";
import type { Tools } from "../ports";
import { abandonedAfterMs } from "../tunables";

const patienceMs = 60_000;

/** Notes how full each destination is. A remote that does not answer keeps its last figures; that it is down shows elsewhere. */
export async function measureDestinations(clusterId: string, tools: Tools): Promise<void> {
  for (const destination of await db().destination.findMany({ where: { clusterId, removedAt: null } })) {
    try {
      const space = destination.remote
        ? await tools.readRemoteSpace(destination.remote, AbortSignal.timeout(patienceMs))
        : await tools.dumpDirectory.check(config().dumpDirectory);
      if (!space) continue;
      await db().destination.update({
        where: { id: destination.id },
        data: { freeBytes: bigOrNull(space.freeBytes), totalBytes: bigOrNull(space.totalBytes) },
      });
    } catch (error) {
      log().info({ destination: destination.name, cause: String(error) }, "destination not measured");
    }
  }
}

/** Tidies the remotes of uploads that a crash cut off and nobody repeated: they cost money and are nobody's copy. */
export async function sweepDestinations(clusterId: string, tools: Tools, now: Date): Promise<void> {
  const before = new Date(now.getTime() - abandonedAfterMs);
  for (const { name, remote } of await db().destination.findMany({ where: { clusterId, removedAt: null } })) {
    if (!remote) continue;
    try {
      const removed = await tools.sweepInflight(remote, { before, signal: AbortSignal.timeout(patienceMs) });
      if (removed.length > 0) log().info({ destination: name, removed }, "abandoned uploads removed");
    } catch (error) {
      log().info({ destination: name, cause: String(error) }, "destination not swept");
    }
  }
}

const bigOrNull = (bytes: number | undefined) => (bytes === undefined ? null : BigInt(Math.round(bytes)));
