import { config } from "@/lib/config";
import { newestSighting } from "@/lib/db/inventory";
import { log } from "@/lib/log";
import { syncInventory } from "./sync-inventory";

const everyMs = 60_000;
/** Another process looked so recently that there is nothing to learn. */
const freshMs = 45_000;

/**
 * Looks at the cluster every minute, so that guests made and destroyed between two runs are known. Does nothing without a
 * configured cluster; an outage is said once. The returned function ends it.
 */
export function keepInventory(): () => void {
  if (!config().pve.url) return () => undefined;
  const ended = new AbortController();
  let isOutageSaid = false;
  let isLooking = false;

  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      await syncIfStale(new Date(), ended.signal);
      isOutageSaid = false;
    } catch (error) {
      if (!isOutageSaid && !ended.signal.aborted)
        log().warn({ cause: String(error) }, "the cluster cannot be looked at");
      isOutageSaid = true;
    } finally {
      isLooking = false;
    }
  };
  const looking = setInterval(() => void look(), everyMs).unref();
  void look();
  return () => {
    clearInterval(looking);
    ended.abort();
  };
}

/** False when the inventory was fresh already, by whomever. */
export async function syncIfStale(now: Date, signal?: AbortSignal): Promise<boolean> {
  const seenAt = await newestSighting();
  if (seenAt && now.getTime() - seenAt.getTime() < freshMs) return false;
  await syncInventory({ now, ...(signal ? { signal } : {}) });
  return true;
}
