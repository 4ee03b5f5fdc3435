import { Worker } from "bullmq";
import { config } from "@/lib/config";
import { type JobName, jobs, nodeQueue, upkeepQueue } from "@/lib/contracts/jobs";
import { findCluster } from "@/lib/db/clusters";
import { claimNode, findNode, type NodeRow, releaseNode, renewNode } from "@/lib/db/nodes";
import { AppError } from "@/lib/domain/errors";
import { log } from "@/lib/log";
import { productVersion } from "@/lib/product-version";
import { waitingConnection } from "@/lib/redis/connections";
import { subscribeControl } from "@/lib/redis/control";
import { queuePrefix, repeatStrategy } from "@/lib/redis/queues";
import { beginQueuedRun } from "@/lib/services/begin-queued-run";
import { seed } from "@/lib/services/seed";
import { syncInventory } from "@/lib/services/sync-inventory";
import { tickPolicy } from "@/lib/services/tick-policy";
import type { Tools } from "../ports";
import { copy } from "../steps/copy";
import { dump } from "../steps/dump";
import { prune } from "../steps/prune";
import { saveHostConfig } from "../steps/save-host-config";
import { seal } from "../steps/seal";
import { verify } from "../steps/verify";
import { heartbeatEveryMs, leaseMs, measureEveryMs, reconcileEveryMs, sweepEveryMs } from "../tunables";
import { Executor } from "./executor";
import { measureDestinations, sweepDestinations } from "./measure-destinations";
import { ProgressBoard } from "./progress-board";
import { reconcile } from "./reconcile";
import { RunLog } from "./run-log";
import { testDestination } from "./test-destination";
import { isWorkerGone, workerIdentity } from "./worker-identity";

const handlers = { host_config: saveHostConfig, dump, seal, copy, verify, prune } as const;

type StartWorker = { nodeName: string; workerId: string; tools: Tools };

export type RunningWorker = {
  stop: () => Promise<void>;
  /** Resolves with the reason when the node is no longer this worker's. */
  lost: Promise<string>;
};

/** Serves one node: claims it, takes over what a worker before left running, and then works off what it is woken for. */
export async function startWorker({ nodeName, workerId, tools }: StartWorker): Promise<RunningWorker> {
  await seed();
  const node = await claim(nodeName, workerId);
  const runLog = new RunLog();
  const board = new ProgressBoard();
  const executor = new Executor({ workerId, tools, handlers, runLog, board, transfersPerRemote: 2 });

  const unsubscribe = await subscribeControl(({ runId }) => executor.cancelRun(runId));
  const queueWorkers = [
    listen(upkeepQueue, upkeepTasks(tools), 4),
    // One at a time, so that steps enter their lanes in the order of the plan.
    listen(nodeQueue(nodeName), { "step.run": ({ stepId }) => executor.offer(stepId) }, 1),
  ];

  const lost = Promise.withResolvers<string>();
  const beat = everyMs(heartbeatEveryMs, async () => {
    const report = await tools.dumpDirectory.check(config().dumpDirectory).catch(() => ({}));
    const isOurs = await renewNode(node, {
      now: new Date(),
      leaseMs,
      report: { dumpDirectory: config().dumpDirectory, ...report },
    });
    if (!isOurs) {
      await executor.stop("fenced");
      lost.resolve(`another worker serves ${nodeName} now; this one stops`);
      return;
    }
    await executor.renew();
  });
  const round = everyMs(reconcileEveryMs, () => reconcile(node, workerId, executor, new Date()));
  const measuring = everyMs(measureEveryMs, () => measureDestinations(node.clusterId, tools));
  const sweeping = everyMs(sweepEveryMs, () => sweepDestinations(node.clusterId, tools, new Date()));
  await reconcile(node, workerId, executor, new Date());
  void measureDestinations(node.clusterId, tools);

  return {
    lost: lost.promise,
    stop: async () => {
      beat.stop();
      round.stop();
      measuring.stop();
      sweeping.stop();
      unsubscribe();
      await Promise.all(queueWorkers.map((worker) => worker.close()));
      await executor.stop("interrupted");
      board.close();
      await runLog.close();
      await releaseNode(node);
    },
  };
}

async function claim(nodeName: string, workerId: string): Promise<NodeRow> {
  const cluster = await findCluster(config().clusterName);
  if (!cluster) throw new AppError("not_possible", "No cluster is configured: set PVE_URL and its token.");
  const known = await findNode(cluster.id, nodeName);
  if (!known) await syncInventory();
  const node = known ?? (await findNode(cluster.id, nodeName));
  if (!node) throw new AppError("not_found", `The cluster has no node called ${nodeName}.`);

  const identity = workerIdentity();
  const now = new Date();
  const held = await claimNode(node.id, { workerId, identity, leaseMs, now, version: productVersion }, isWorkerGone);
  if (held) return held;
  throw new AppError(
    "conflict",
    `Another worker serves ${nodeName}. Stop it first, or wait ${leaseMs / 1000} s if it died.`,
  );
}

type Tasks = { [Name in JobName]?: (payload: never) => Promise<unknown> };

function upkeepTasks(tools: Tools) {
  return {
    "policy.due": ({ policyId }: { policyId: string }) => tickPolicy(policyId, new Date()),
    "run.plan": ({ runId }: { runId: string }) => beginQueuedRun(runId, new Date()),
    "destination.test": ({ destinationId }: { destinationId: string }) => testDestination(destinationId, tools),
  };
}

/** A job is only a wake: it is over as soon as what it woke has been told, so no lock of Redis spans the work itself. */
function listen(queue: string, tasks: Tasks, concurrency: number): Worker {
  const worker = new Worker(
    queue,
    async (job) => {
      const name = job.name as JobName;
      const task = tasks[name] as ((payload: unknown) => Promise<unknown>) | undefined;
      if (!task) {
        log().warn({ queue, name: job.name }, "a job nobody here knows was dropped");
        return;
      }
      await task(jobs[name].parse(job.data));
    },
    {
      connection: waitingConnection(`queue ${queue}`),
      prefix: queuePrefix,
      concurrency,
      maxStalledCount: 0,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      settings: { repeatStrategy: repeatStrategy as (afterMs: number) => number },
    },
  );
  worker.on("error", () => undefined);
  worker.on("failed", (job, error) => log().warn({ name: job?.name, cause: error.message }, "job failed"));
  return worker;
}

/** Calls `work` again and again, never twice at a time. */
function everyMs(periodMs: number, work: () => Promise<void>): { stop: () => void } {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch((error: unknown) => log().warn({ cause: String(error) }, "periodic work failed"))
      .finally(() => {
        isBusy = false;
      });
  }, periodMs);
  return { stop: () => clearInterval(timer) };
}
