import type { DumpLog } from "./dump-log";
import type { ErrorCode } from "./errors";

/** All that can be known when a dump is over. */
export type DumpEvidence = {
  guestType: "lxc" | "qemu";
  log: DumpLog;
  /** Null when a signal ended vzdump. */
  exitCode: number | null;
  signal: string | null;
  /**
   * What came through vzdump's pipe; null where vzdump wrote the archive itself (engine "stock"), whose wholeness only
   * the seal can see. `isWhole`: the tar or VMA was read to its own end.
   */
  received: { bytes: number; isWhole: boolean } | null;
  isCanceled: boolean;
  /** From Proxmox, before and after; null where it was not asked: then vzdump's lines decide. */
  guestWasRunning: boolean | null;
  guestIsRunning: boolean | null;
};

export type GuestRestart = "not_needed" | "ok" | "failed";

export type DumpVerdict = {
  guestRestart: GuestRestart;
  /** What to say of a guest that is not running again; the archive may be good all the same. */
  guestFault: { code: "guest_not_restarted"; cause: string } | null;
  warnings: string[];
} & (
  | { isOk: true }
  /** `isBusy`: another vzdump held the node's lock, nothing was begun; to be asked again, not a failure. */
  | { isOk: false; code: ErrorCode; cause: string; isBusy: boolean }
);

type Failure = { code: ErrorCode; cause: string; isBusy?: boolean };

/**
 * Whether a dump made a whole archive, and whether its guest runs again. Nothing is believed for an exit code alone:
 * vzdump exits 0 and says "finished successfully" when its reader went away and when the guest did not start again
 * (both seen on Proxmox VE 9.2).
 */
export function judgeDump(evidence: DumpEvidence): DumpVerdict {
  const guest = judgeGuest(evidence);
  const failure = findFailure(evidence);
  const warnings = [...evidence.log.warnings];
  if (failure) return { ...guest, warnings, isOk: false, isBusy: false, ...failure };
  const { exitCode, log } = evidence;
  if (exitCode !== 0)
    warnings.push(`vzdump ended with ${exitCode} after the backup: ${log.jobFailure ?? lastWords(log)}`);
  return { ...guest, warnings, isOk: true };
}

function findFailure(evidence: DumpEvidence): Failure | null {
  const { log, isCanceled } = evidence;
  if (log.lock === "refused") {
    return { code: "unavailable", cause: "Another backup is running on this node.", isBusy: true };
  }
  const failure = failureInWords(evidence) ?? failureInEvidence(evidence);
  // An archive that was whole before the cancel came stays one.
  return failure && isCanceled ? { code: "canceled", cause: "The backup was cancelled." } : failure;
}

/** What vzdump itself gives as the reason. */
function failureInWords({ log, exitCode, signal }: DumpEvidence): Failure | null {
  if (log.guestFailure !== null) return { code: codeOf(log.guestFailure, log), cause: causeOf(log.guestFailure, log) };
  if (log.isGuestFinished) return null;
  if (log.isPassedOver)
    return { code: "guest_gone", cause: "The guest lives on another node now; vzdump passed over it." };
  if (log.jobFailure !== null) return { code: codeOf(log.jobFailure, log), cause: causeOf(log.jobFailure, log) };
  if (signal !== null) return { code: "dump_incomplete", cause: `vzdump was ended by ${signal} before it was done.` };
  if (exitCode === 0) return { code: "dump_incomplete", cause: "vzdump ended without a word on the guest's backup." };
  const words = lastWords(log);
  return { code: codeOf(words, log), cause: `vzdump ended with ${exitCode}: ${words}` };
}

/** What the bytes say where vzdump is content. */
function failureInEvidence({ guestType, log, received }: DumpEvidence): Failure | null {
  const incomplete = (cause: string): Failure => ({ code: "dump_incomplete", cause });
  if (guestType === "lxc" && log.totalBytesWritten === null) {
    return incomplete("vzdump said it was successful, but tar never said how much it wrote: the archive is cut.");
  }
  if (received === null) return null;
  if (guestType === "lxc" && log.totalBytesWritten !== received.bytes) {
    return incomplete(`tar wrote ${log.totalBytesWritten} bytes, but ${received.bytes} arrived.`);
  }
  if (!received.isWhole) return incomplete("The archive that vzdump sent does not come to its end.");
  return null;
}

function codeOf(reason: string, { complaints, target }: DumpLog): ErrorCode {
  const words = [reason, ...complaints].join("\n");
  if (/\b(?:CT|VM) is locked \(|can't lock file /.test(reason)) return "guest_locked";
  if (/unable to find VM|Configuration file '[^']*' does not exist/.test(reason)) return "guest_gone";
  if (/No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(words))
    return "dump_directory_full";
  if (isAboutDirectory(words, target)) return "dump_directory_unusable";
  if (/interrupted by signal|got unexpected control message/.test(words)) return "dump_incomplete";
  return "tool_failed";
}

const storageWords = [
  /could not (?:activate storage|get storage information)/,
  /storage '[^']*' (?:is not online|is disabled|does not exist)/,
  /dumpdir '[^']*' does not exist/,
  /Read-only file system/,
];

function isAboutDirectory(words: string, target: string | null): boolean {
  if (storageWords.some((pattern) => pattern.test(words))) return true;
  if (target === null) return false;
  const directory = target.slice(0, target.lastIndexOf("/") + 1);
  return words
    .split("\n")
    .some((line) => line.includes(directory) && /No such file or directory|Permission denied$/.test(line));
}

/** vzdump prints the whole pipeline it ran, some 700 characters: what matters is how it ended and what tar or zstd said. */
function causeOf(reason: string, log: DumpLog): string {
  const [, ending] = /^command '(?:set -o pipefail && )?.*' failed: (.*)$/s.exec(reason) ?? [];
  if (ending === undefined) return reason;
  const complaint = log.complaints.findLast((text) => !/exiting|Exiting with failure status/.test(text));
  return complaint
    ? `The archive could not be written (${ending}): ${complaint}`
    : `Writing the archive failed: ${ending}`;
}

const lastWords = ({ complaints }: DumpLog): string => complaints.at(-1) ?? "it said nothing";

function judgeGuest({
  log,
  guestWasRunning,
  guestIsRunning,
}: DumpEvidence): Pick<DumpVerdict, "guestRestart" | "guestFault"> {
  const wasRunning = guestWasRunning ?? log.wasRunning ?? false;
  const isDown = guestIsRunning === null ? log.guestDuring === "down" : !guestIsRunning;
  if (wasRunning && isDown) {
    const cause = "The guest ran before its backup and does not run now.";
    return { guestRestart: "failed", guestFault: { code: "guest_not_restarted", cause } };
  }
  const wasTouched = wasRunning && log.guestDuring !== "untouched";
  return { guestRestart: wasTouched ? "ok" : "not_needed", guestFault: null };
}
