import type { ChildProcess } from "node:child_process";

import { ToolError, type ToolFailure } from "@/lib/domain/errors";
import { createLineSplitter, createLineTail } from "./line-splitter";
import { signalGroup } from "./process-identity";
import { notStarted, type Program, startProgram, toolName } from "./start-program";

export type OutputStream = "stdout" | "stderr";

export type CommandRequest = Program & {
  /** Written to standard input, which is then closed; without it standard input is empty. */
  input?: string | Uint8Array | undefined;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** From TERM to KILL when it is cancelled or out of time. */
  graceMs?: number | undefined;
  onLine?: ((line: string, stream: OutputStream) => void) | undefined;
  /** More output than this ends the program: what is collected in memory must be bounded. */
  maxStdoutBytes?: number | undefined;
};

export type CommandResult = { stdout: Buffer; stderrTail: string; durationMs: number };

/**
 * Runs a program to its end and collects its output. Throws ToolError when it could not be started, was cancelled,
 * ran out of time, or ended with anything but 0; the error carries the last 50 lines of its standard error.
 */
export type RunCommand = (request: CommandRequest) => Promise<CommandResult>;

const defaultGraceMs = 5_000;
const defaultMaxStdoutBytes = 64 * 1024 * 1024;

export const runCommand: RunCommand = async (request) => {
  const { signal, onLine, maxStdoutBytes = defaultMaxStdoutBytes } = request;
  if (signal?.aborted) throw new ToolError({ tool: toolName(request), reason: "canceled", stderrTail: "" });

  const startedAtMs = performance.now();
  const child = startProgram(request, ["pipe", "pipe", "pipe"]);
  const ending = watchEnding(child, request);

  const tail = createLineTail();
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  const outLines = createLineSplitter((line) => onLine?.(line, "stdout"));
  const errLines = createLineSplitter((line) => {
    tail.push(line);
    onLine?.(line, "stderr");
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes > maxStdoutBytes) return ending.end("exited");
    stdout.push(chunk);
    if (onLine) outLines.write(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => errLines.write(chunk));
  // A program that does not read its input is judged by its exit code, not by our broken pipe.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(request.input ?? "");

  const { exitCode, reason } = await ending.ended;
  outLines.end();
  errLines.end();
  if (stdoutBytes > maxStdoutBytes) tail.push(`ended by us: more than ${maxStdoutBytes} bytes of output`);

  if (reason !== "exited" || exitCode !== 0) {
    throw new ToolError({ tool: toolName(request), reason, exitCode, stderrTail: tail.text() });
  }
  return { stdout: Buffer.concat(stdout), stderrTail: tail.text(), durationMs: performance.now() - startedAtMs };
};

type Ending = { exitCode: number | undefined; reason: ToolFailure["reason"] };
type EndReason = Exclude<ToolFailure["reason"], "not_started">;

/**
 * Follows a child to its end, and ends its whole group when the signal fires or time is up. `ended` settles when the
 * program is over and its output was read; it rejects only when the program never started.
 */
export function watchEnding(
  child: ChildProcess,
  request: Pick<CommandRequest, "file" | "signal" | "timeoutMs" | "graceMs">,
): { ended: Promise<Ending>; end: (reason: EndReason) => void } {
  const { signal, timeoutMs, graceMs = defaultGraceMs } = request;
  const timers: NodeJS.Timeout[] = [];
  let reason: EndReason | undefined;

  const end = (why: EndReason): void => {
    if (reason !== undefined || child.pid === undefined) return;
    reason = why;
    const groupId = child.pid;
    if (child.exitCode === null && child.signalCode === null) signalGroup(groupId, "SIGTERM");
    timers.push(
      setTimeout(() => {
        // Only while the program or its output is still open does the group exist for sure, under this number.
        signalGroup(groupId, "SIGKILL");
        releaseOutput(child);
      }, graceMs),
    );
  };
  const onAbort = (): void => end("canceled");

  signal?.addEventListener("abort", onAbort, { once: true });
  if (timeoutMs !== undefined) timers.push(setTimeout(() => end("timed_out"), timeoutMs));

  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", (error) => reject(notStarted(request, error.message)));
    // A grandchild that inherited the output would keep "close" away for ever.
    child.once("exit", () => timers.push(setTimeout(() => releaseOutput(child), graceMs)));
    child.once("close", (code) => resolve({ exitCode: code ?? undefined, reason: reason ?? "exited" }));
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  });
  return { ended, end };
}

function releaseOutput(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) return;
  child.stdout?.destroy();
  child.stderr?.destroy();
}
