import type { BackupMode } from "./guest";
import type { VzdumpFact, VzdumpLine } from "./vzdump-line";

/** What the lines of one guest's dump have told so far. Bounded, however much vzdump says. */
export type DumpLog = {
  /** Node-local, "2026-11-23 02:28:22": the archive is named after it. */
  startedLocalTime: string | null;
  guestType: "lxc" | "qemu" | null;
  wasRunning: boolean | null;
  mode: BackupMode | null;
  target: string | null;
  progress: Extract<VzdumpFact, { kind: "progress" }> | null;
  totalBytesWritten: number | null;
  lock: "not_asked" | "awaited" | "taken" | "refused";
  /** "down": stopped or suspended for the backup and not yet seen up again. */
  guestDuring: "untouched" | "down" | "up_again";
  isGuestFinished: boolean;
  isPassedOver: boolean;
  guestFailure: string | null;
  jobFailure: string | null;
  warnings: readonly string[];
  /** The last lines that a tool, and not vzdump itself, may have said. */
  complaints: readonly string[];
};

const maxWarnings = 20;
const maxComplaints = 20;

export const emptyDumpLog: DumpLog = {
  startedLocalTime: null,
  guestType: null,
  wasRunning: null,
  mode: null,
  target: null,
  progress: null,
  totalBytesWritten: null,
  lock: "not_asked",
  guestDuring: "untouched",
  isGuestFinished: false,
  isPassedOver: false,
  guestFailure: null,
  jobFailure: null,
  warnings: [],
  complaints: [],
};

/** "tar: ./x: Cannot open: Permission denied", "zstd: error 70 : …", "/bin/bash: line 1: …" among vzdump's own INFO lines. */
const toolWords = /^(?:\/\S*\/)?(?:tar|zstd|gzip|pigz|lzop|cstream|rsync|bash|sh|cp|mv|lxc-[\w-]+|vma|umount|mount): /;

/** The log after one more line. */
export function withLine(log: DumpLog, line: VzdumpLine): DumpLog {
  const { fact } = line;
  switch (fact.kind) {
    case "external_skipped":
      return { ...log, isPassedOver: true };
    case "lock_awaited":
      return { ...log, lock: "awaited" };
    case "lock_taken":
      return { ...log, lock: "taken" };
    case "lock_refused":
      return { ...log, lock: "refused" };
    case "guest_started":
      return { ...log, guestType: fact.guestType };
    case "backup_started":
      return { ...log, startedLocalTime: fact.localTime };
    case "guest_status":
      return { ...log, wasRunning: fact.isRunning };
    case "mode_failed":
      return { ...log, warnings: [...log.warnings, fact.reason].slice(-maxWarnings) };
    case "mode":
      return { ...log, mode: fact.mode };
    case "target":
      return { ...log, target: fact.target };
    case "guest_stopping":
    case "guest_suspending":
      return { ...log, guestDuring: "down" };
    case "guest_online":
      return { ...log, guestDuring: "up_again" };
    case "progress":
      return { ...log, progress: fact };
    case "tar_total":
      return { ...log, totalBytesWritten: fact.totalBytes };
    case "guest_finished":
      return { ...log, isGuestFinished: true };
    case "guest_failed":
      return { ...log, guestFailure: fact.reason };
    case "job_failed":
      return { ...log, jobFailure: fact.reason };
    case "other":
      return withOtherLine(log, line);
    case "job_started":
    case "backup_finished":
    case "backup_failed":
    case "guest_named":
    case "target_stdout":
    case "guest_restarting":
    case "archive_size":
    case "job_finished":
    case "task_ended":
      return log;
    default:
      return fact satisfies never;
  }
}

function withOtherLine(log: DumpLog, { level, text }: VzdumpLine): DumpLog {
  if (level === "warn") return { ...log, warnings: [...log.warnings, text].slice(-maxWarnings) };
  // A reason of several lines goes on in further ERROR lines; what tools say after it is about the cleaning up.
  if (log.guestFailure !== null)
    return level === "error" ? { ...log, guestFailure: `${log.guestFailure} ${text}` } : log;
  // "job errors" is vzdump's last word on stderr after any failure: it says nothing of the reason.
  const isSilent = text.trim() === "" || text === "job errors";
  const isComplaint = !isSilent && (level !== "info" || toolWords.test(text));
  return isComplaint ? { ...log, complaints: [...log.complaints, text.trim()].slice(-maxComplaints) } : log;
}
