import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "@/lib/domain/errors";
import type { PveApi } from "./client";

/** `UPID:pve1:00001AFC:0005A702:6B03955D:vzdump:107:ops@pve!bk:` (pve-common, UPID.pm) */
const upidPattern =
  /^UPID:(?<node>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}:(?<start>[0-9A-Fa-f]{8}):(?<type>[^:\s/]+):(?<id>[^:\s/]*):(?<user>[^:\s/]+):$/;

export type Upid = { text: string; nodeName: string; startedAt: Date; type: string; id: string; user: string };

/** Undefined for anything else, such as the "OK" vzdump answers when it has nothing to do. */
export function parseUpid(text: string): Upid | undefined {
  const groups = upidPattern.exec(text)?.groups;
  if (!groups) return undefined;
  const { node = "", start = "", type = "", id = "", user = "" } = groups;
  return { text, nodeName: node, startedAt: new Date(Number.parseInt(start, 16) * 1000), type, id, user };
}

const taskStatusSchema = z.object({ status: z.enum(["running", "stopped"]), exitstatus: z.string().optional() });

export type TaskEnd = { isOk: boolean; warningCount: number; exitStatus: string };

/** Right after its end a task may be stopped while its last line is still being written. */
const unfinishedStatus = /^unexpected status$|^unable to get last line/;
const settleTries = 4;

type Wait = { signal?: AbortSignal; timeoutMs: number; pollMs?: number };

/** Follows a task to its end. Fails with canceled or, at the time-out, not_possible; the task itself runs on. */
export async function waitForTask(
  api: PveApi,
  upid: Upid,
  { signal, timeoutMs, pollMs = 1000 }: Wait,
): Promise<TaskEnd> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  let unsettled = 0;
  for (;;) {
    const task = taskStatusSchema.parse(await api.nodes.$(upid.nodeName).tasks.$(upid.text).status.$get());
    const exitStatus = task.exitstatus ?? "";
    if (task.status === "stopped" && (!unfinishedStatus.test(exitStatus) || ++unsettled >= settleTries)) {
      return toEnd(exitStatus);
    }
    await sleep(task.status === "stopped" ? 500 : pollMs, undefined, { signal: either }).catch((cause) => {
      if (signal?.aborted) throw new AppError("canceled", "Waiting for the task was canceled.", { cause });
      throw new AppError("not_possible", `The task ${upid.type} ${upid.id} is still running.`, { cause });
    });
  }
}

/** "OK", "WARNINGS: 2", or the last error of the task. */
function toEnd(exitStatus: string): TaskEnd {
  const warningCount = Number(/^WARNINGS: (\d+)$/.exec(exitStatus)?.[1] ?? 0);
  return { isOk: exitStatus === "OK" || warningCount > 0, warningCount, exitStatus };
}
