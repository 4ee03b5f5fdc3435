import { readFileSync } from "node:fs";

export type Upid = {
  upid: string;
  node: string;
  pid: number;
  /** Clock ticks since boot at which the process began. */
  processStart: number;
  startedAtSeconds: number;
  type: string;
  id: string;
  user: string;
};

const pattern =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

export function parseUpid(upid: string): Upid | undefined {
  const [, node, pid, processStart, startedAt, type, id, user] = pattern.exec(upid) ?? [];
  if (node === undefined || type === undefined || id === undefined || user === undefined) return undefined;
  const hex = (text: string | undefined) => Number.parseInt(text ?? "0", 16);
  return {
    upid,
    node,
    pid: hex(pid),
    processStart: hex(processStart),
    startedAtSeconds: hex(startedAt),
    type,
    id,
    user,
  };
}

export function formatUpid(task: Omit<Upid, "upid">): string {
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const numbers = [task.pid, task.processStart, task.startedAtSeconds].map(hex).join(":");
  return `UPID:${task.node}:${numbers}:${task.type}:${task.id}:${task.user}:`;
}

/** When a process began, in clock ticks since boot; undefined when there is none of this id. */
export function processStartTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in brackets may hold blanks and brackets itself; field 22 counts from behind it.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}
