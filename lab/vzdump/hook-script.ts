import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { JobFailure } from "./backup-failure";
import type { JobLog } from "./job-log";

export type JobPhase = "job-init" | "job-start" | "job-end" | "job-abort";
export type GuestPhase =
  | "backup-start"
  | "backup-end"
  | "backup-abort"
  | "log-end"
  | "pre-stop"
  | "pre-restart"
  | "post-restart";

/** What a hook script is told in its environment, which holds nothing else of ours. */
export type HookEnvironment = Partial<
  Record<"STOREID" | "DUMPDIR" | "TARGET" | "LOGFILE" | "VMTYPE" | "HOSTNAME", string>
>;

export type RunHook = (
  phase: JobPhase | GuestPhase,
  environment: HookEnvironment,
  guest?: { mode: string; vmid: number },
) => void;

/**
 * Calls the script of --script at each phase; what it prints goes into the log. Throws when it fails, in the words of
 * run_command. Without a script nothing happens.
 */
export function createHook(script: string | undefined, log: JobLog): RunHook {
  if (script === undefined) return () => undefined;
  if (!existsSync(script)) throw new JobFailure(`Error: The hook script '${script}' does not exist.`);
  try {
    accessSync(script, constants.X_OK);
  } catch {
    throw new JobFailure(`Error: The hook script '${script}' is not executable.`);
  }
  return (phase, environment, guest) => {
    const args = guest ? [phase, guest.mode, String(guest.vmid)] : [phase];
    const env = { LVM_SUPPRESS_FD_WARNINGS: "1", PATH: "/sbin:/bin:/usr/sbin:/usr/bin", ...environment };
    // Next.js types NODE_ENV as always there; a hook's environment has no such thing.
    const environmentOnly = env as unknown as NodeJS.ProcessEnv;
    const { status, stdout, stderr } = spawnSync(script, args, { encoding: "utf8", env: environmentOnly });
    for (const line of `${stdout}${stderr}`.split("\n").slice(0, -1)) log.info(line);
    if (status !== 0) throw new Error(`command '${[script, ...args].join(" ")}' failed: exit code ${status}`);
  };
}
