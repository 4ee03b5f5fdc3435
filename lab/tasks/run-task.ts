import { appendTaskLog, closeTask, findTask, openTask } from "./task-store";
import { formatUpid, processStartTicks } from "./upid";

export type TaskSpec = { node: string; type: string; id: string; user: string };

/**
 * Runs a task inside this process and answers its UPID at once. What `work` throws is the task's error text.
 * `done` settles when the task has ended and never rejects.
 */
export function runTask(
  directory: string,
  spec: TaskSpec,
  work: (log: (line: string) => void) => Promise<void>,
): { upid: string; done: Promise<void> } {
  const upid = freeUpid(directory, spec);
  openTask(directory, upid);
  const done = work((line) => appendTaskLog(directory, upid, `${line}\n`)).then(
    () => closeTask(directory, upid, "OK"),
    (error: unknown) => closeTask(directory, upid, error instanceof Error ? error.message : String(error)),
  );
  return { upid, done };
}

/** All such tasks have this process's id, so two of one kind in one second get different seconds. */
function freeUpid(directory: string, spec: TaskSpec): string {
  const processStart = processStartTicks(process.pid) ?? 0;
  for (let startedAtSeconds = Math.floor(Date.now() / 1000); ; startedAtSeconds++) {
    const upid = formatUpid({ ...spec, pid: process.pid, processStart, startedAtSeconds });
    if (!findTask(directory, upid)) return upid;
  }
}
