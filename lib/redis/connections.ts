import { Redis } from "ioredis";
import { config } from "@/lib/config";
import { log } from "@/lib/log";

/** Without a listener ioredis prints every lost connection as an unhandled error; one line per outage is enough. */
function sayErrors(redis: Redis, name: string): Redis {
  let isSaid = false;
  redis.on("error", (error: Error) => {
    if (!isSaid) log().warn({ connection: name, cause: error.message }, "Redis is not reachable");
    isSaid = true;
  });
  redis.on("ready", () => {
    isSaid = false;
  });
  return redis;
}

const open = new Set<Redis>();

/** Ends every connection of this process: for tests and for a graceful stop. */
export function closeRedis(): void {
  for (const redis of open) redis.disconnect();
  open.clear();
}

function opened(options: { maxRetriesPerRequest: number | null; commandTimeout?: number }, name: string): Redis {
  const redis = sayErrors(new Redis(config().redisUrl, { lazyConnect: true, ...options }), name);
  open.add(redis);
  return redis;
}

/** For those who ask: fails within seconds when Redis is away, because a request must not hang on it. */
export function producerConnection(name: string): Redis {
  return opened({ maxRetriesPerRequest: 1, commandTimeout: 3000 }, name);
}

/** For those who wait: blocks and reconnects for ever, as BullMQ's workers need. */
export function waitingConnection(name: string): Redis {
  return opened({ maxRetriesPerRequest: null }, name);
}
