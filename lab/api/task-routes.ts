import { setTimeout as sleep } from "node:timers/promises";
import { findTask, listTasks, type Task, taskLogLines } from "../tasks/task-store";
import { parseUpid, processStartTicks, type Upid } from "../tasks/upid";
import { isAllowed, requirePrivilege } from "./access";
import { parameterError } from "./api-error";
import { isOwnTask } from "./cluster-routes";
import { type Call, type Handler, optionalNumber, optionalText, text } from "./handler";

const defaultLimit = 50;

const getTasks: Handler = (call) => {
  const { active, archived } = listTasks(call.directory, text(call, "node"));
  const source = optionalText(call, "source") ?? "archive";
  const chosen = [...(source === "archive" ? [] : active), ...(source === "active" ? [] : archived)];
  const visible = chosen.filter((task) => isWanted(call, task));
  const start = optionalNumber(call, "start") ?? 0;
  const limit = optionalNumber(call, "limit") ?? defaultLimit;
  return { data: visible.slice(start, start + limit).map(listEntry), total: visible.length };
};

function isWanted(call: Call, task: Task): boolean {
  const isVisible = isAllowed(call.caller, `/nodes/${task.node}`, "Sys.Audit") || isOwnTask(task, call.caller);
  const [type, user] = [optionalText(call, "typefilter"), optionalText(call, "userfilter")];
  const [vmid, since, until] = [
    optionalText(call, "vmid"),
    optionalNumber(call, "since"),
    optionalNumber(call, "until"),
  ];
  const statuses = optionalText(call, "statusfilter")?.split(/[\s,;]+/);
  return (
    isVisible &&
    (type === undefined || task.type === type) &&
    (user === undefined || task.user.toLowerCase().includes(user.toLowerCase())) &&
    (vmid === undefined || task.id === vmid) &&
    (since === undefined || task.startedAtSeconds >= since) &&
    (until === undefined || task.startedAtSeconds <= until) &&
    (call.parameters.errors !== 1 || (!task.isRunning && task.exitStatus !== "OK")) &&
    (statuses === undefined || statuses.includes(statusType(task)))
  );
}

function statusType({ exitStatus = "" }: Task): string {
  if (exitStatus === "OK") return "ok";
  if (exitStatus.startsWith("WARNINGS: ")) return "warning";
  return exitStatus === "unexpected status" ? "unknown" : "error";
}

/** In this list a running task has status RUNNING and the token still in its user. */
function listEntry(task: Task) {
  const { upid, node, type, id, pid, processStart, startedAtSeconds } = task;
  const common = { upid, node, type, id, pid, pstart: processStart, starttime: startedAtSeconds };
  if (task.isRunning) return { ...common, user: task.user, status: "RUNNING", saved: "0" };
  return { ...common, ...userAndToken(task), endtime: task.endedAtSeconds, status: task.exitStatus };
}

function userAndToken({ user }: Upid) {
  const [userid, tokenid] = user.split("!");
  return { user: userid, ...(tokenid === undefined ? {} : { tokenid }) };
}

function upidOf(call: Call): Upid {
  const task = parseUpid(text(call, "upid"));
  if (!task) throw parameterError({ upid: "unable to parse worker upid" });
  return task;
}

function requireTaskAccess(call: Call, task: Upid, privilege: string): void {
  if (!isOwnTask(task, call.caller)) requirePrivilege(call.caller, `/nodes/${task.node}`, privilege);
}

const getStatus: Handler = (call) => {
  const { upid } = upidOf(call);
  const task = findTask(call.directory, upid);
  if (!task) throw parameterError({ upid: "no such task" });
  requireTaskAccess(call, task, "Sys.Audit");
  const { node, pid, processStart, startedAtSeconds, type, id } = task;
  const common = {
    upid,
    node,
    pid,
    pstart: processStart,
    starttime: startedAtSeconds,
    type,
    id,
    ...userAndToken(task),
  };
  return {
    data: task.isRunning
      ? { ...common, status: "running" }
      : { ...common, status: "stopped", exitstatus: task.exitStatus },
  };
};

const getLog: Handler = (call) => {
  const task = upidOf(call);
  requireTaskAccess(call, task, "Sys.Audit");
  const lines = taskLogLines(call.directory, task) ?? ["unable to open file - No such file or directory"];
  if (call.parameters.download === 1) {
    const startedAt = new Date(task.startedAtSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    return {
      text: lines.map((line) => `${line}\n`).join(""),
      fileName: `task-${task.node}-${task.type}-${startedAt}.log`,
    };
  }
  if (lines.length === 0) return { data: [{ n: 1, t: "no content" }] };
  const start = optionalNumber(call, "start") ?? 0;
  const limit = optionalNumber(call, "limit") ?? defaultLimit;
  const page = lines.slice(start, limit === 0 ? undefined : start + limit);
  return { data: page.map((t, index) => ({ n: start + index + 1, t })), total: lines.length };
};

/** TERM to the task's group, up to five seconds for it to end, then KILL: what that leaves behind stays behind. */
const stopTask: Handler = async (call) => {
  const task = upidOf(call);
  requireTaskAccess(call, task, "Sys.Modify");
  const isAlive = () => processStartTicks(task.pid) === task.processStart;
  if (task.pid === process.pid || !isAlive()) return { data: null };
  process.kill(-task.pid, "SIGTERM");
  for (let second = 0; second < 5 && isAlive(); second++) await sleep(1000);
  if (isAlive()) process.kill(-task.pid, "SIGKILL");
  return { data: null };
};

const base = "/nodes/{node}/tasks";

export const taskRoutes: Record<string, Handler> = {
  [`GET ${base}`]: getTasks,
  [`GET ${base}/{upid}`]: () => ({ data: [{ name: "log" }, { name: "status" }] }),
  [`GET ${base}/{upid}/status`]: getStatus,
  [`GET ${base}/{upid}/log`]: getLog,
  [`DELETE ${base}/{upid}`]: stopTask,
};
