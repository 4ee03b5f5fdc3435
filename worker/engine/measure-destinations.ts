import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import { log } from "@/lib/log";
import type { Tools } from "../ports";

const patienceMs = 60_000;

/** Notes how full each destination is. A remote that does not answer keeps its last figures; that it is down shows elsewhere. */
export async function measureDestinations(clusterId: string, tools: Tools): Promise<void> {
  for (const destination of await db().destination.findMany({ where: { clusterId } })) {
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

const bigOrNull = (bytes: number | undefined) => (bytes === undefined ? null : BigInt(Math.round(bytes)));
