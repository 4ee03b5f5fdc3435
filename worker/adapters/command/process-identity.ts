import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Which process is meant, safe against a reused pid: `startTicks` is its start time in clock ticks since boot
 * (proc(5), /proc/PID/stat field 22). Survives our own restart, since both can be looked up again. Linux only.
 */
export type ProcessIdentity = { pid: number; startTicks: number };

type ProcessStat = ProcessIdentity & { isZombie: boolean; groupId: number };

/** The running process with this pid, or undefined when there is none. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks };
}

/** Whether that very process still runs. One that ended but was not collected yet does not. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !stat.isZombie && stat.startTicks === startTicks;
}

/**
 * Ends a process that leads its own group, and all of that group: TERM, then KILL after the grace. Does nothing when
 * the process is over or its pid belongs to another one by now. Resolves when none of the group runs any more.
 */
export async function endProcess(identity: ProcessIdentity, graceMs = 5_000): Promise<"ended" | "was_over"> {
  if (!isAlive(identity)) return "was_over";

  signalGroup(identity.pid, "SIGTERM");
  if (await isGroupOver(identity.pid, graceMs)) return "ended";

  signalGroup(identity.pid, "SIGKILL");
  await isGroupOver(identity.pid, 5_000);
  return "ended";
}

/** Sends a signal to a process group; a group that is gone already is fine. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/**
 * The process that has this file open as its standard error. It finds a child whose starter died before it could
 * write down the pid.
 */
export function findProcessWritingTo(path: string): ProcessIdentity | undefined {
  const pid = processIds().find((candidate) => standardErrorOf(candidate) === path);
  return pid === undefined ? undefined : identifyProcess(pid);
}

async function isGroupOver(groupId: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isGroupRunning(groupId)) {
    if (performance.now() >= deadline) return false;
    await wait(25);
  }
  return true;
}

/** Zombies are left out: where nobody collects orphans (a container without an init) they stay for ever. */
function isGroupRunning(groupId: number): boolean {
  return processIds().some((pid) => {
    const stat = readStat(pid);
    return stat?.groupId === groupId && !stat.isZombie;
  });
}

function processIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readStat(pid: number): ProcessStat | undefined {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (text === undefined) return undefined;
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const [state, , groupId, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid, startTicks: Number(rest[16]), isZombie: state === "Z" || state === "X", groupId: Number(groupId) };
}

function standardErrorOf(pid: number): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/fd/2`));
}

/** A process may end between two looks at it, and another user's may not be ours to look at. */
function unlessGone(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
