import { type JobsOptions, Queue } from "bullmq";
import { type JobName, type JobPayload, upkeepQueue } from "@/lib/contracts/jobs";
import { nextEvents } from "@/lib/domain/schedule";
import { once } from "@/lib/once";
import { producerConnection } from "./connections";

/** BullMQ's prefix for everything of ours in Redis. */
export const queuePrefix = "undercroft";

/**
 * BullMQ asks here for a scheduler's next delivery, so that what a preview says and what is delivered come from one
 * function. Millis in and out; undefined when the schedule has no further event.
 */
export function repeatStrategy(afterMs: number, options: { pattern?: string; tz?: string }): number | undefined {
  if (!options.pattern) return undefined;
  const [next] = nextEvents(options.pattern, { after: new Date(afterMs), timeZone: options.tz ?? "UTC", count: 1 });
  return next?.getTime();
}

const connection = once(() => producerConnection("queues"));
const queues = new Map<string, Queue>();

function queueNamed(name: string): Queue {
  let queue = queues.get(name);
  if (!queue) {
    // BullMQ types a strategy's answer as number, yet takes undefined as "no more", as its own default strategy gives it.
    const settings = { repeatStrategy: repeatStrategy as (afterMs: number) => number };
    queue = new Queue(name, { connection: connection(), prefix: queuePrefix, settings });
    queue.on("error", () => undefined);
    queues.set(name, queue);
  }
  return queue;
}

/** Rows decide, jobs only wake: a finished job leaves nothing behind, so that its id can be used for the next waking. */
const fleeting: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** Wakes whoever serves the queue. The same job id twice is one job while the first is still waiting or running. */
export async function enqueue<Name extends JobName>(
  name: Name,
  payload: JobPayload<Name>,
  { queue, jobId, delayMs = 0 }: { queue: string; jobId: string; delayMs?: number },
): Promise<void> {
  await queueNamed(queue).add(name, payload, { ...fleeting, jobId, delay: delayMs });
}

/** Sets when `policy.due` is delivered. Upserted, never removed first: a crash between the two would lose the schedule. */
export async function upsertPolicySchedule(policy: { id: string; schedule: string; timeZone: string }): Promise<void> {
  await queueNamed(upkeepQueue).upsertJobScheduler(
    policy.id,
    { pattern: policy.schedule, tz: policy.timeZone },
    { name: "policy.due", data: { policyId: policy.id }, opts: fleeting },
  );
}

export async function removePolicySchedule(policyId: string): Promise<void> {
  await queueNamed(upkeepQueue).removeJobScheduler(policyId);
}

/** Ids of the policies that have a delivery planned. */
export async function scheduledPolicyIds(): Promise<string[]> {
  const schedulers = await queueNamed(upkeepQueue).getJobSchedulers();
  return schedulers.map(({ key }) => key);
}

export async function closeQueues(): Promise<void> {
  await Promise.all([...queues.values()].map((queue) => queue.close()));
  queues.clear();
}
