import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../project.mjs";
import { endProcessGroup } from "./end-process.mjs";

/**
 * Runs a program to its end, in a process group of its own so that it can be ended whole.
 *
 * `output` is "inherit" (the terminal), "capture" (returned) or a file path (appended).
 * Rejects when the program cannot start, and when it is aborted; an exit code is an answer, not an error.
 */
export async function runProgram(file, args, { env, output = "capture", signal, cwd = projectRoot, ...identity } = {}) {
  signal?.throwIfAborted();
  const log = output === "inherit" || output === "capture" ? undefined : openLog(output);
  const stdio = output === "inherit" ? "inherit" : (log ?? "pipe");
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", stdio, stdio], ...identity });
  if (log !== undefined) fs.closeSync(log);

  const chunks = { stdout: [], stderr: [] };
  for (const name of ["stdout", "stderr"]) child[name]?.on("data", (chunk) => chunks[name].push(chunk));
  const abort = () => endProcessGroup(child.pid);
  signal?.addEventListener("abort", abort);
  try {
    const [exitCode, exitSignal] = await once(child, "close");
    signal?.throwIfAborted();
    const stdout = Buffer.concat(chunks.stdout).toString();
    const stderr = Buffer.concat(chunks.stderr).toString();
    return { exitCode: exitCode ?? 1, exitSignal, stdout, stderr };
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Runs a program that has to succeed; the error carries the last it said. */
export async function runOrThrow(file, args, options = {}) {
  const ended = await runProgram(file, args, options);
  if (ended.exitCode === 0) return ended;
  const lines = typeof options.output === "string" && path.isAbsolute(options.output) ? tailOf(options.output) : "";
  const said = [lines, ended.stdout, ended.stderr].join("\n").trim().split("\n").slice(-15).join("\n");
  const how = ended.exitSignal ?? `exit code ${ended.exitCode}`;
  throw new Error(`${path.basename(file)} ${args[0] ?? ""} failed (${how})${said ? `:\n${said}` : ""}`);
}

function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return fs.openSync(file, "a", 0o600);
}

/** The last lines of a log file, or nothing when there is none. */
export function tailOf(file, lineCount = 15) {
  if (!fs.existsSync(file)) return "";
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-lineCount).join("\n");
}
