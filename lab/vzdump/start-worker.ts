import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodePlaces } from "../state/places";
import { formatUpid, processStartTicks } from "../tasks/upid";
import type { VzdumpOptions } from "./options";

/** What a worker is told on its channel, and what it answers at its end. A worker that dies says nothing. */
export type WorkerOrder = { directory: string; node: string; upid: string; options: VzdumpOptions };
export type WorkerVerdict = { status: string };

export type StartedWorker = { child: ChildProcess; upid: string; begin: () => void };

/**
 * Starts the process that does a backup job, in a session of its own: what kills the command line does not kill it.
 * Its log comes on stderr. It waits for `begin`, so that the task is registered before the first line.
 */
export function startWorker(order: Omit<WorkerOrder, "upid">, user: string, taskId: string): StartedWorker {
  const entry = fileURLToPath(new URL("worker.ts", import.meta.url));
  // The node's directory is for whoever looks through this machine's processes for those of a lab.
  const args = ["--import", import.meta.resolve("tsx"), entry, nodePlaces(order.directory, order.node).home];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", order.options.toStdout ? "inherit" : "ignore", "pipe", "ipc"],
    detached: true,
  });
  if (child.pid === undefined) throw new Error("the vzdump worker could not be started");
  const upid = formatUpid({
    node: order.node,
    pid: child.pid,
    processStart: processStartTicks(child.pid) ?? 0,
    startedAtSeconds: Math.floor(Date.now() / 1000),
    type: "vzdump",
    id: taskId,
    user,
  });
  return { child, upid, begin: () => void child.send({ ...order, upid } satisfies WorkerOrder) };
}
