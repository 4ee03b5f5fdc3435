import type { Readable } from "node:stream";
import { ToolError } from "@/lib/domain/errors";
import type { CommandEnvironment } from "../command/environment";
import { type CommandRequest, type CommandResult, runCommand } from "../command/run-command";
import { streamCommand } from "../command/stream-command";
import { describeFailure } from "./describe-failure";
import { type RcloneVersion, readRcloneVersion } from "./rclone-version";

export type RcloneSettings = {
  /** The 0600 file with the remotes and their secrets; rclone learns of it by environment. */
  configPath: string;
  /** Where each detached transfer keeps its record and its log. */
  stateDirectory: string;
  /** "rclone" on the PATH unless told otherwise. */
  program?: string | undefined;
  /** What rclone may see besides, such as HTTPS_PROXY of a node that has no other way out. */
  environment?: CommandEnvironment | undefined;
};

type Options = Pick<CommandRequest, "signal" | "timeoutMs" | "input" | "background" | "maxStdoutBytes">;

export type Rclone = {
  settings: RcloneSettings;
  program: string;
  environment: CommandEnvironment;
  /** The arguments with the flags of every call before them. A flag that is given twice counts as it was given last. */
  arguments: (args: readonly string[]) => string[];
  run: (args: readonly string[], options?: Options) => Promise<CommandResult>;
  stream: (args: readonly string[], options?: Pick<Options, "signal" | "background">) => Readable;
  version: () => Promise<RcloneVersion>;
};

/**
 * For every call. rclone's own repeats are kept short: whether a step is tried again is the state machine's to say, and
 * a remote that is down should be known as down in seconds.
 */
const steadyFlags = ["--retries=1", "--low-level-retries=3", "--contimeout=15s", "--ask-password=false"];
export const idleTimeoutMs = 60_000;

/** rclone with its configuration; failures of its short calls come as AppErrors that say what is wrong. */
export function createRclone(settings: RcloneSettings): Rclone {
  const program = settings.program ?? "rclone";
  const environment = { ...settings.environment, RCLONE_CONFIG: settings.configPath };
  const withSteadyFlags = (args: readonly string[]) => [...steadyFlags, `--timeout=${idleTimeoutMs}ms`, ...args];
  const request = (args: readonly string[]) => ({ file: program, args: withSteadyFlags(args), env: environment });

  const run: Rclone["run"] = async (args, options = {}) => {
    try {
      return await runCommand({ ...request(args), ...options });
    } catch (error) {
      throw error instanceof ToolError ? describeFailure(error) : error;
    }
  };
  const stream: Rclone["stream"] = (args, options = {}) => streamCommand({ ...request(args), ...options });

  let version: Promise<RcloneVersion> | undefined;
  return {
    settings,
    program,
    environment,
    arguments: withSteadyFlags,
    run,
    stream,
    version: () => {
      // A failed look is not kept: rclone may be installed while we run.
      version ??= run(["version"]).then(({ stdout }) => readRcloneVersion(stdout.toString()));
      version.catch(() => {
        version = undefined;
      });
      return version;
    },
  };
}
