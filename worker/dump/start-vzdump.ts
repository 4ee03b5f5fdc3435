import { execFile, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ToolError } from "@/lib/domain/errors";
import { type ArchivePipe, openArchivePipe } from "./archive-pipe";
import type { ProcessIdentity } from "./job-folder";
import { createLineReader } from "./line-reader";
import { identifyProcess } from "./process-identity";

export type VzdumpCommand = {
  program: string;
  args: readonly string[];
  /** The whole environment of vzdump. */
  environment: Readonly<Record<string, string>>;
  /** Where to make the pipe for an archive on stdout, whose lines are then on stderr. Without it both carry lines. */
  archivePipePath?: string;
  onLines: (lines: string[]) => void;
  silenceMs?: number;
};

/** One of the two is null: a program ends by itself or by a signal. */
export type VzdumpExit = { exitCode: number | null; signal: NodeJS.Signals | null };

export type RunningVzdump = {
  identity: ProcessIdentity | null;
  /** The raw archive, piece by piece, as ArchivePipe reads it; empty without a pipe. */
  readArchive: () => AsyncGenerator<Buffer>;
  /** Resolves when its lines are read, too. */
  exited: Promise<VzdumpExit>;
  /** Asks it to stop: it ends its current guest, starts it again where it was running, and removes its leftovers. */
  terminate: () => void;
};

/** A daemon that vzdump left behind may hold its pipes open for good; silence after its exit is then their end. */
const defaultSilenceMs = 10_000;

function readLines(stream: Readable | null, onLines: (lines: string[]) => void): Promise<void> {
  const reader = createLineReader(onLines);
  return new Promise((resolve) => {
    if (!stream) {
      resolve();
      return;
    }
    stream.on("data", reader.push);
    stream.once("error", () => resolve());
    stream.once("close", () => {
      reader.end();
      resolve();
    });
  });
}

const notStarted = (error: Error) =>
  new ToolError({ tool: "vzdump", reason: "not_started", stderrTail: error.message }, { cause: error });

async function makePipe({ archivePipePath: path, environment }: VzdumpCommand): Promise<ArchivePipe | undefined> {
  if (path === undefined) return undefined;
  await rm(path, { force: true });
  await promisify(execFile)("mkfifo", ["-m", "600", path], { env: environment as NodeJS.ProcessEnv });
  return openArchivePipe(path);
}

async function* nothing(): AsyncGenerator<Buffer> {}

/**
 * Starts vzdump without a shell, in a session of its own: signals meant for our process group do not reach it twice, and
 * when we die it only finds its pipe broken, upon which it cleans up after itself. Throws ToolError not_started.
 */
export async function startVzdump(command: VzdumpCommand): Promise<RunningVzdump> {
  const { program, args, environment, onLines, silenceMs = defaultSilenceMs } = command;
  const pipe = await makePipe(command);
  const child = spawn(program, args, {
    cwd: "/",
    detached: true,
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", pipe ? pipe.writeFd : "pipe", "pipe"],
  });
  pipe?.closeWriter();
  const exit = new Promise<VzdumpExit>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const lines = Promise.all([readLines(child.stdout, onLines), readLines(child.stderr, onLines)]);
  // Read at once: even a child that is over stays in /proc until the event loop collects it.
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.on("error", (error) => reject(notStarted(error)));
  });

  async function waitForEnd(): Promise<VzdumpExit> {
    const ended = await exit;
    pipe?.endWhenSilent(silenceMs);
    await Promise.race([lines, sleep(silenceMs, undefined, { ref: false })]);
    return ended;
  }

  return {
    identity,
    readArchive: () => pipe?.read() ?? nothing(),
    exited: waitForEnd(),
    terminate: () => {
      child.kill("SIGTERM");
    },
  };
}
