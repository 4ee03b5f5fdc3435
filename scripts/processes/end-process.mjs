import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const graceMs = 10_000;

/** Asks a process group to end, waits, and insists. Groups that are over already are no error. */
export async function endProcessGroup(pid, waitMs = graceMs) {
  if (!signalGroup(pid, "SIGTERM")) return;
  if (await isOverWithin(() => signalGroup(pid, 0), waitMs)) return;
  signalGroup(pid, "SIGKILL");
  await isOverWithin(() => signalGroup(pid, 0), 1000);
}

/** Asks one process to end, waits, and insists. `startedAt` guards against a pid that was given to another program. */
export async function endProcess({ pid, startedAt }, waitMs = graceMs) {
  const isAlive = () => processStart(pid) === startedAt;
  if (!isAlive()) return;
  signalProcess(pid, "SIGTERM");
  if (await isOverWithin(isAlive, waitMs)) return;
  signalProcess(pid, "SIGKILL");
  await isOverWithin(isAlive, 1000);
}

/**
 * When a process began, in clock ticks since boot (field 22 of /proc/PID/stat; proc(5)), or undefined when it is over.
 * With the pid it names a process for good. The program's name, field 2, may hold spaces and parentheses.
 */
export function processStart(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

async function isOverWithin(isAlive, waitMs) {
  const deadline = Date.now() + waitMs;
  while (isAlive()) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

function signalGroup(pid, signal) {
  return signalProcess(-pid, signal);
}

/** False when there is nobody to signal. */
function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw error;
  }
}
