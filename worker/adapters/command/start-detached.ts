import { closeSync, openSync } from "node:fs";

import { identifyProcess, type ProcessIdentity } from "./process-identity";
import { notStarted, type Program, startProgram } from "./start-program";

export type DetachedProgram = Program & {
  /** Both are appended to and created 0600. Files, not pipes: a broken pipe would end the program with our own end. */
  stdoutPath: string;
  stderrPath: string;
};

/** Exactly one of the two is set: a program ends by itself or by a signal. */
export type ProcessExit = { exitCode: number | undefined; signal: NodeJS.Signals | undefined };

export type DetachedProcess = {
  identity: ProcessIdentity;
  /** How it ended, as long as we live to see it; a restarted worker only sees that it is gone. */
  exited: Promise<ProcessExit>;
};

export type StartDetached = (program: DetachedProgram) => Promise<DetachedProcess>;

/** Starts a program that outlives us, in a session of its own. Throws ToolError "not_started". */
export const startDetached: StartDetached = async (program) => {
  const stdout = openSync(program.stdoutPath, "a", 0o600);
  const stderr = openSync(program.stderrPath, "a", 0o600);
  try {
    const child = startProgram(program, ["ignore", stdout, stderr]);
    // Read at once: even a child that is over already stays in /proc until the event loop collects it.
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once("exit", (code, signal) => resolve({ exitCode: code ?? undefined, signal: signal ?? undefined }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => reject(notStarted(program, error.message)));
    });
    child.unref();
    if (!identity) throw notStarted(program, "it left no trace in /proc");
    return { identity, exited };
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
};
