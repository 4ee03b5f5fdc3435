import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pinnedNode, projectRoot } from "../project.mjs";
import { endProcessGroup } from "./end-process.mjs";
import { tailOf } from "./run-program.mjs";

const keptLogBytes = 10 * 1024 * 1024;

/**
 * Starts one of our own programs under Node 24. It gets a process group, so that Ctrl-C in the terminal reaches only the
 * supervisor, and a message channel, whose end tells it that the supervisor is gone. What it prints goes to `logFile`.
 *
 * Returns `{ name, ended, firstMessage, hasPrinted, tail, stop }`.
 */
export function startChild({ name, args, env, logFile }) {
  const logStart = prepareLog(logFile);
  const log = fs.openSync(logFile, "a", 0o600);
  const stdio = ["ignore", log, log, "ipc"];
  const child = spawn(pinnedNode, args, { cwd: projectRoot, env, detached: true, stdio });
  fs.closeSync(log);

  let isOver = false;
  const firstMessage = new Promise((resolve) => child.once("message", resolve));
  const ended = new Promise((resolve) => {
    child.once("error", (error) => finish(error.message));
    child.once("exit", (code, signal) => finish(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    function finish(how) {
      isOver = true;
      resolve(how);
    }
  });

  return {
    name,
    pid: child.pid,
    ended,
    firstMessage,
    /** Whether a line of the log, since this start, begins with `words`. */
    hasPrinted: (words) => `\n${readFrom(logFile, logStart)}`.includes(`\n${words}`),
    tail: () => tailOf(logFile),
    stop: () => (isOver ? undefined : endProcessGroup(child.pid)),
  };
}

/** A log that has grown large makes room once, at a start; the one before it is kept. */
function prepareLog(logFile) {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const size = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < keptLogBytes) return size;
  fs.renameSync(logFile, `${logFile}.old`);
  return 0;
}

function readFrom(file, start) {
  const descriptor = fs.openSync(file, "r");
  try {
    const bytes = Buffer.alloc(fs.fstatSync(descriptor).size - start);
    fs.readSync(descriptor, bytes, 0, bytes.length, start);
    return bytes.toString();
  } finally {
    fs.closeSync(descriptor);
  }
}
