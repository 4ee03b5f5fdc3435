import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";

import { ToolError } from "@/lib/domain/errors";
import { type CommandEnvironment, commandEnvironment, findProgram } from "./environment";

export type Program = {
  /** A name on the PATH or an absolute path; in errors and logs it is called by its last part. */
  file: string;
  args: readonly string[];
  /** Added to the fixed base environment; nothing else is inherited. Secrets belong here or in a file, never in args. */
  env?: CommandEnvironment | undefined;
  cwd?: string | undefined;
  /** Lowest CPU and idle disk priority, so that a backup does not slow the guests it protects. */
  background?: boolean | undefined;
};

/**
 * Starts a program without a shell, as the leader of a session and process group of its own, so that ending it ends
 * what it started too. Linux only. Throws ToolError "not_started" when it is not installed.
 */
export function startProgram(program: Program, stdio: StdioOptions): ChildProcess {
  const env = commandEnvironment(program.env);
  const path = findProgram(program.file, env);
  if (process.platform !== "linux") throw notStarted(program, "programs are run on Linux only");
  if (!path) throw notStarted(program, `${toolName(program)} is not installed`);

  const [file = path, ...args] = [...politeness(program, env), path, ...program.args];
  return spawn(file, args, {
    cwd: program.cwd,
    // Next.js declares NODE_ENV as always there; for a program that we start it is not.
    env: env as NodeJS.ProcessEnv,
    stdio,
    detached: true,
    shell: false,
  });
}

/** nice and ionice replace themselves by the program, so it keeps the pid that was started. */
function politeness(program: Program, env: CommandEnvironment): string[] {
  if (!program.background) return [];
  const nice = findProgram("nice", env);
  const ionice = findProgram("ionice", env);
  return [...(nice ? [nice, "-n", "19"] : []), ...(ionice ? [ionice, "-c", "3"] : [])];
}

/** What a program is called in errors: `rclone` for `/usr/bin/rclone`. */
export function toolName({ file }: Pick<Program, "file">): string {
  return file.split("/").at(-1) || file;
}

export function notStarted(program: Pick<Program, "file">, why: string): ToolError {
  return new ToolError({ tool: toolName(program), reason: "not_started", stderrTail: why });
}
