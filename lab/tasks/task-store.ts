import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMissing } from "../state/json-file";
import { nodePlaces } from "../state/places";
import { parseUpid, processStartTicks, type Upid } from "./upid";

export type Task = Upid & {
  isRunning: boolean;
  endedAtSeconds?: number;
  /** OK, WARNINGS: N, or what went wrong; only of a task that is over. */
  exitStatus?: string;
};

/** /var/log/pve/tasks/X/UPID, X being the last digit of the start time (pve-common, UPID.pm). */
function taskLogPath(directory: string, task: Upid): string {
  const digit = task.startedAtSeconds.toString(16).toUpperCase().slice(-1);
  return join(nodePlaces(directory, task.node).tasks, digit, task.upid);
}

const indexPath = (directory: string, node: string) => join(nodePlaces(directory, node).tasks, "index");
const activeFolder = (directory: string, node: string) => join(nodePlaces(directory, node).tasks, "running");
/** The colons and slashes of a UPID are allowed in file names; only this file says that the task is not over. */
const activePath = (directory: string, task: Upid) => join(activeFolder(directory, task.node), task.upid);

/** Registers a task that began, with an empty log. */
export function openTask(directory: string, upid: string): void {
  const task = parseUpid(upid);
  if (!task) throw new Error(`not a UPID: ${upid}`);
  const path = taskLogPath(directory, task);
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(activeFolder(directory, task.node), { recursive: true });
  writeFileSync(path, "");
  writeFileSync(activePath(directory, task), "");
}

export function appendTaskLog(directory: string, upid: string, text: string): void {
  const task = parseUpid(upid);
  if (task) appendFileSync(taskLogPath(directory, task), text);
}

/** Ends a task: the last line of its log, and its line in the index. */
export function closeTask(directory: string, upid: string, exitStatus: string): void {
  const task = parseUpid(upid);
  if (!task) return;
  const words = exitStatus.replaceAll("\n", " ");
  const last = exitStatus === "OK" || exitStatus.startsWith("WARNINGS: ") ? `TASK ${words}` : `TASK ERROR: ${words}`;
  appendTaskLog(directory, upid, `${last}\n`);
  archive(directory, task, words);
}

/** Ends a task whose process died without a last line: its status is what the log ends with. */
export function endWithoutStatus(directory: string, upid: string): void {
  const task = parseUpid(upid);
  if (task) archive(directory, task, exitStatusFromLog(directory, task));
}

function archive(directory: string, task: Upid, exitStatus: string): void {
  const endedAt = Math.floor(Date.now() / 1000)
    .toString(16)
    .toUpperCase();
  appendFileSync(indexPath(directory, task.node), `${task.upid} ${endedAt} ${exitStatus}\n`);
  rmSync(activePath(directory, task), { force: true });
}

/** Tasks that are over, oldest first. */
function archivedTasks(directory: string, node: string): Task[] {
  const lines = readText(indexPath(directory, node))?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [, upid = "", endedAt = "", exitStatus = ""] = /^(\S+) ([0-9A-F]+) (.*)$/.exec(line) ?? [];
    const task = parseUpid(upid);
    return task ? [{ ...task, isRunning: false, endedAtSeconds: Number.parseInt(endedAt, 16), exitStatus }] : [];
  });
}

/** Tasks whose process lives. One whose process died without a last line is put into the index on the way. */
function activeTasks(directory: string, node: string): Task[] {
  const folder = activeFolder(directory, node);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((upid) => {
    const task = parseUpid(upid);
    if (!task) return [];
    if (isAlive(task)) return [{ ...task, isRunning: true }];
    archive(directory, task, exitStatusFromLog(directory, task));
    return [];
  });
}

const isAlive = (task: Upid) => processStartTicks(task.pid) === task.processStart;

export function listTasks(directory: string, node: string): { active: Task[]; archived: Task[] } {
  const active = activeTasks(directory, node);
  return { active, archived: archivedTasks(directory, node).toReversed() };
}

/** One task with its state, or undefined when its log is not there. */
export function findTask(directory: string, upid: string): Task | undefined {
  const task = parseUpid(upid);
  if (!task || !existsSync(taskLogPath(directory, task))) return undefined;
  const isRunning = existsSync(activePath(directory, task)) && isAlive(task);
  return isRunning ? { ...task, isRunning } : { ...task, isRunning, exitStatus: exitStatusFromLog(directory, task) };
}

/** Lines of a task's log; undefined where there is no such file. */
export function taskLogLines(directory: string, task: Upid): string[] | undefined {
  const text = readText(taskLogPath(directory, task));
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What the last line says (pve-common, upid_read_status). */
function exitStatusFromLog(directory: string, task: Upid): string {
  const last = taskLogLines(directory, task)?.at(-1) ?? "";
  if (last === "TASK OK") return "OK";
  return /^TASK ERROR: (.+)$/.exec(last)?.[1] ?? /^TASK (WARNINGS: \d+)$/.exec(last)?.[1] ?? "unexpected status";
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
