import { config } from "@/lib/config";
import { closeEventStreams } from "@/lib/http/event-stream";
import { log } from "@/lib/log";
import { eventFeed } from "@/lib/redis/events";
import { keepInventory } from "@/lib/services/keep-inventory";
import { seed } from "@/lib/services/seed";

/** The app's beginning and end: a wrong environment stops it here, and open event streams do not keep it from stopping. */
export async function start(): Promise<void> {
  config();
  // Whoever started us holds this channel: when it is gone, nobody is left to stop us.
  if (process.send) process.once("disconnect", () => process.exit(0));
  await seedUntilDone();

  const endInventory = keepInventory();
  const end = () => {
    endInventory();
    closeEventStreams();
    eventFeed().close();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
}

const patience = 5;

/** The database may come up a moment later than we do. */
async function seedUntilDone(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await seed();
    } catch (error) {
      if (attempt >= patience) throw error;
      log().warn({ cause: String(error), attempt }, "the database is not ready");
      await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
    }
  }
}
