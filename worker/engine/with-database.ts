import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@/lib/log";
import { databasePatienceMs } from "../tunables";

/** What pg, the driver adapter and Prisma say when the server is away or was restarted under them. */
const lossPattern =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|P1001|P1002|P1008|P1017|terminat(ed|ing) connection|Connection terminated|the database system is (starting up|shutting down|in recovery)|Can't reach database|57P0[123]|server closed the connection/i;

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return lossPattern.test(`${code} ${error.message}`) || isConnectionLoss(error.cause);
}

/**
 * A write that must not be lost: while Postgres is away it is tried again, in growing steps, for minutes. Every write of
 * ours is guarded, so a repeat of one that had arrived after all changes nothing. Other errors pass at once.
 */
export async function withDatabase<Result>(write: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + databasePatienceMs;
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      return await write();
    } catch (error) {
      if (!isConnectionLoss(error) || performance.now() > deadline) throw error;
      log().warn({ waitMs }, "Postgres is away; the write is kept and tried again");
      await sleep(waitMs);
    }
  }
}
