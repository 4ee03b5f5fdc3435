import { setTimeout as sleep } from "node:timers/promises";
import { listTasks, type Task } from "../tasks/task-store";
import { processStartTicks } from "../tasks/upid";

const graceMs = 5000;

/** Ends the backups that still run on the lab's nodes: TERM to each group until it is gone, at last KILL. */
export async function stopRunningJobs(directory: string, nodes: readonly string[]): Promise<void> {
  const jobs = nodes
    .flatMap((node) => listTasks(directory, node).active)
    .filter((task) => task.type === "vzdump" && task.pid !== process.pid);
  await Promise.all(jobs.map(stopJob));
}

/** A job of several guests goes on with the next one after a signal, so each gets its own. */
async function stopJob(task: Task): Promise<void> {
  const deadline = Date.now() + graceMs;
  const isAlive = () => processStartTicks(task.pid) === task.processStart;
  for (let next = 0; isAlive() && Date.now() < deadline; await sleep(50)) {
    if (Date.now() < next) continue;
    next = Date.now() + 500;
    process.kill(-task.pid, "SIGTERM");
  }
  if (isAlive()) process.kill(-task.pid, "SIGKILL");
}
