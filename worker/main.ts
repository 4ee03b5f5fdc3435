import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { config } from "@/lib/config";
import { closeDb } from "@/lib/db/client";
import { log } from "@/lib/log";
import { closeRedis } from "@/lib/redis/connections";
import { closeQueues } from "@/lib/redis/queues";
import { buildTools } from "./build-tools";
import { startWorker } from "./engine/worker";

const nodeName = config().nodeName ?? hostname();
const worker = await startWorker({ nodeName, workerId: randomUUID(), tools: buildTools() });
process.stdout.write(`worker ready: ${nodeName}\n`);

let isStopping = false;

/** Dumps and transfers under way go on by themselves; the next worker of this node finds them. */
async function stop(exitCode: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await worker.stop();
  await closeQueues();
  closeRedis();
  await closeDb();
  process.exit(exitCode);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(0));
// The supervisor holds this channel: when it is gone, nobody would end us.
if (process.send) process.once("disconnect", () => void stop(0));
void worker.lost.then((reason) => {
  log().error({ nodeName }, reason);
  return stop(1);
});
