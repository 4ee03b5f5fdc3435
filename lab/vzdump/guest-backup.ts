import type { GuestFault } from "../faults";
import type { Estate } from "../state/estate";
import type { Guest } from "../state/guests";
import type { ArchiveOutcome, Program } from "./archive-stream";
import { BackupFailure } from "./backup-failure";
import type { GuestPhase } from "./hook-script";
import type { Interruptions } from "./interruption";
import type { JobLog } from "./job-log";
import type { BackupMode, VzdumpOptions } from "./options";

/** What the backup of one guest works with. */
export type GuestBackup = {
  directory: string;
  node: string;
  estate: Estate;
  options: VzdumpOptions;
  log: JobLog;
  interruptions: Interruptions;
  faults: readonly GuestFault[];
  guest: Guest;
  wasRunning: boolean;
  /** The mode in effect; a fall-back changes it. */
  mode: BackupMode;
  temporaryDirectory: string;
  /** The archive while it is written, or undefined where it goes to standard output. */
  unfinishedPath: string | undefined;
  finalPath: string;
  /** Calls the hook script for this guest; a failure fails the backup. */
  hook: (phase: GuestPhase) => void;
};

export function hasFault(backup: GuestBackup, kind: GuestFault["kind"]): boolean {
  return backup.faults.some((fault) => fault.kind === kind);
}

/** The program for the stream and how the quoted pipeline shows it; neither for an uncompressed archive. */
export function compressor({ options }: Pick<GuestBackup, "options">): { program: Program; shown: string } | undefined {
  if (options.compress === "zstd") {
    const args = [`--threads=${options.zstdThreads}`];
    return { program: { file: "zstd", args: ["-q", ...args, "-c"] }, shown: `zstd '${args[0]}'` };
  }
  if (options.compress === "gzip")
    return { program: { file: "gzip", args: ["--rsyncable"] }, shown: "gzip --rsyncable" };
  if (options.compress === "lzo" || options.compress === "1")
    return { program: { file: "lzop", args: [] }, shown: "lzop" };
  return undefined;
}

export function compressionSuffix(options: VzdumpOptions): string {
  return { "0": "", "1": ".lzo", lzo: ".lzo", gzip: ".gz", zstd: ".zst" }[options.compress];
}

/** The pipeline behind the source, as the error message of a failed command shows it. */
export function pipelineTail(backup: GuestBackup): string {
  const { options, unfinishedPath } = backup;
  const limit = options.bandwidthLimitKib > 0 ? ` | cstream -t ${options.bandwidthLimitKib * 1024}` : "";
  const compression = compressor(backup);
  return `${limit}${compression ? ` | ${compression.shown}` : ""}${unfinishedPath ? ` >${unfinishedPath}` : ""}`;
}

/** Turns how the stream ended into vzdump's verdict: a broken pipe and a cut stream pass for success. */
export function judgeOutcome(outcome: ArchiveOutcome, command: string): void {
  if (outcome.kind === "interrupted") throw new BackupFailure(`command '${command}' failed: interrupted by signal`);
  if (outcome.kind === "failed") throw new BackupFailure(`command '${command}' failed: exit code ${outcome.exitCode}`);
}

export function printModeLines({ mode, options, log }: Pick<GuestBackup, "mode" | "options" | "log">): void {
  log.info(`backup mode: ${mode}`);
  if (options.bandwidthLimitKib > 0) log.info(`bandwidth limit: ${options.bandwidthLimitKib} KiB/s`);
  log.info(`ionice priority: ${options.ionice}`);
}

/** "creating vzdump archive" names the final file, though the bytes go to another until they are complete. */
export function printTarget(backup: GuestBackup): void {
  if (backup.unfinishedPath) backup.log.info(`creating vzdump archive '${backup.finalPath}'`);
  else backup.log.info("sending archive to stdout");
}

/** `<1 seconds`: how long a guest was away. */
export function downtimeText(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${seconds < 1 ? "<1" : seconds} seconds`;
}
