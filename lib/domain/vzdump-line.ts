import type { BackupMode } from "./guest";
import { parseByteRange, parseDuration } from "./units";

/** What a line of vzdump says, as far as anything here depends on it; "other" is for reading only. */
export type VzdumpFact =
  | { kind: "job_started"; command: string }
  /** Guests that live on another node: vzdump passes over them and is content. */
  | { kind: "external_skipped"; vmids: number[] }
  | { kind: "lock_awaited" }
  | { kind: "lock_taken" }
  /** Another vzdump of this node held the global lock for longer than --lockwait. */
  | { kind: "lock_refused" }
  | { kind: "guest_started"; vmid: number; guestType: "lxc" | "qemu" }
  /** `localTime` is the node's: "2026-11-23 02:28:22". The archive is named after it. */
  | { kind: "backup_started"; localTime: string }
  | { kind: "backup_finished"; localTime: string }
  | { kind: "backup_failed"; localTime: string }
  | { kind: "guest_status"; isRunning: boolean }
  | { kind: "guest_named"; name: string }
  | { kind: "mode_failed"; reason: string }
  | { kind: "mode"; mode: BackupMode }
  | { kind: "target"; target: string }
  /** In place of `target` with --stdout. */
  | { kind: "target_stdout" }
  | { kind: "guest_stopping" }
  | { kind: "guest_suspending" }
  | { kind: "guest_restarting" }
  /** Stopped, suspended or paused before, now up again; only this line proves it. */
  | { kind: "guest_online" }
  | {
      kind: "progress";
      percent: number;
      /** As near as the rounded text allows. */
      bytesDone: number;
      bytesTotal: number;
      elapsedMs: number;
      readBytesPerSecond: number;
      writeBytesPerSecond: number;
    }
  /** tar's own count, before compression. Missing when tar did not come to its end. */
  | { kind: "tar_total"; totalBytes: number }
  | { kind: "archive_size"; minBytes: number; maxBytes: number }
  | { kind: "guest_finished"; vmid: number; durationMs: number }
  | { kind: "guest_failed"; vmid: number; reason: string }
  | { kind: "job_finished"; isOk: boolean }
  | { kind: "job_failed"; reason: string }
  /** Last line of a task log: "OK", "WARNINGS: 1" or the error. */
  | { kind: "task_ended"; status: string }
  | { kind: "other" };

export type VzdumpLine = {
  /** `raw`: output of a tool that vzdump passes on without a prefix. */
  level: "info" | "warn" | "error" | "raw";
  /** Of lines from a .log file: "2026-11-23 02:28:22"; null in task logs and on a terminal. */
  localTime: string | null;
  /** Without prefix and time. */
  text: string;
  fact: VzdumpFact;
};

/** Reads one line of vzdump (pve-guest-common debugmsg): `INFO: …` of task logs, or `2026-11-23 02:28:22 INFO: …` of files. */
export function parseVzdumpLine(line: string): VzdumpLine {
  const [, localTime = null, prefix, message = ""] =
    /^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) )?(INFO|WARN|ERROR): (.*)$/s.exec(line) ?? [];
  if (prefix === undefined) return { level: "raw", localTime: null, text: line, fact: readTaskEnd(line) };
  const { level, read } = levels[prefix as keyof typeof levels];
  return { level, localTime, text: message, fact: read(message) };
}

type Reader = (text: string) => VzdumpFact;
const other: VzdumpFact = { kind: "other" };

/** The first pattern that matches tells the fact. */
function firstOf(rules: readonly [RegExp, (match: string[]) => VzdumpFact][]): Reader {
  return (text) => {
    for (const [pattern, toFact] of rules) {
      const match = pattern.exec(text);
      if (match) return toFact(match.map((group) => group ?? ""));
    }
    return other;
  };
}

const readTaskEnd = firstOf([
  [/^TASK (OK|WARNINGS: \d+)$/, ([, status = ""]) => ({ kind: "task_ended", status })],
  [/^TASK ERROR: (.*)$/s, ([, status = ""]) => ({ kind: "task_ended", status })],
]);

const size = String.raw`\d+\.\d (?:B|[KMGTP]iB)`;
const rate = String.raw`(\S+ \S+)\/s`;

const readInfo = firstOf([
  [
    // " 62% (20.0 GiB of 32.0 GiB) in 3m 26s, read: 26.2 MiB/s, write: 23.6 MiB/s"
    new RegExp(`^\\s*(\\d{1,3})% \\((${size}) of (${size})\\) in ((?:\\d+[wdhms] ?)+), read: ${rate}, write: ${rate}$`),
    ([, percent, done = "", total = "", elapsed = "", read = "", write = ""]) => ({
      kind: "progress",
      percent: Number(percent),
      bytesDone: bytesNear(done),
      bytesTotal: bytesNear(total),
      elapsedMs: parseDuration(elapsed) ?? 0,
      readBytesPerSecond: bytesNear(read),
      writeBytesPerSecond: bytesNear(write),
    }),
  ],
  [/^starting new backup job: (.+)$/, ([, command = ""]) => ({ kind: "job_started", command })],
  [
    /^skip external VMs: (.+)$/,
    ([, vmids = ""]) => ({ kind: "external_skipped", vmids: vmids.split(/[^\d]+/).map(Number) }),
  ],
  [/^trying to get global lock - waiting\.\.\.$/, () => ({ kind: "lock_awaited" })],
  [/^got global lock$/, () => ({ kind: "lock_taken" })],
  [
    /^Starting Backup of VM (\d+) \((lxc|qemu)\)$/,
    ([, vmid, type]) => ({ kind: "guest_started", vmid: Number(vmid), guestType: type === "lxc" ? "lxc" : "qemu" }),
  ],
  [
    /^Backup started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/,
    ([, localTime = ""]) => ({ kind: "backup_started", localTime }),
  ],
  [
    /^Backup finished at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/,
    ([, localTime = ""]) => ({ kind: "backup_finished", localTime }),
  ],
  [/^Failed at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/, ([, localTime = ""]) => ({ kind: "backup_failed", localTime })],
  [/^status = (running|stopped)$/, ([, status]) => ({ kind: "guest_status", isRunning: status === "running" })],
  [/^(?:CT|VM) Name: (.*)$/, ([, name = ""]) => ({ kind: "guest_named", name })],
  [/^mode failure - (.*)$/, ([, reason = ""]) => ({ kind: "mode_failed", reason })],
  [/^backup mode: (snapshot|suspend|stop)$/, ([, mode]) => ({ kind: "mode", mode: mode as BackupMode })],
  [/^creating (?:vzdump|Proxmox Backup Server) archive '(.+)'$/, ([, target = ""]) => ({ kind: "target", target })],
  [/^sending archive to stdout$/, () => ({ kind: "target_stdout" })],
  [/^stopping virtual guest$/, () => ({ kind: "guest_stopping" })],
  [/^(?:suspending guest|suspend vm to make snapshot)$/, () => ({ kind: "guest_suspending" })],
  [/^restarting vm$/, () => ({ kind: "guest_restarting" })],
  [/^(?:guest is online again after|resuming VM again after) <?\d+ seconds?$/, () => ({ kind: "guest_online" })],
  [
    /^Total bytes written: (\d+) \((\S+), (\S+)\/s\)$/,
    ([, total]) => ({ kind: "tar_total", totalBytes: Number(total) }),
  ],
  [
    /^archive file size: (\d+KB|\d+MB|\d+\.\d\dGB|\d+\.\d\dTB)$/,
    ([, text = ""]) => ({ kind: "archive_size", ...(parseByteRange(text) ?? { minBytes: 0, maxBytes: 0 }) }),
  ],
  [
    /^Finished Backup of VM (\d+) \((\d{2,}:\d\d:\d\d)\)$/,
    ([, vmid, duration = ""]) => ({
      kind: "guest_finished",
      vmid: Number(vmid),
      durationMs: parseDuration(duration) ?? 0,
    }),
  ],
  [
    /^Backup job finished (successfully|with errors)$/,
    ([, how]) => ({ kind: "job_finished", isOk: how === "successfully" }),
  ],
]);

const readError = firstOf([
  [
    /^Backup of VM (\d+) failed - (.*)$/s,
    ([, vmid, reason = ""]) => ({ kind: "guest_failed", vmid: Number(vmid), reason }),
  ],
  [/^Backup job failed - (.*)$/s, ([, reason = ""]) => ({ kind: "job_failed", reason })],
  [/^can't acquire lock '\/(?:var\/)?run\/vzdump\.lock'/, () => ({ kind: "lock_refused" })],
]);

const readWarning: Reader = () => other;
const levels = {
  INFO: { level: "info", read: readInfo },
  WARN: { level: "warn", read: readWarning },
  ERROR: { level: "error", read: readError },
} as const;

/** The middle of what a rounded text can stand for; 0 of "0 B" and of what is no size. */
function bytesNear(text: string): number {
  const { minBytes, maxBytes } = parseByteRange(text) ?? { minBytes: 0, maxBytes: 0 };
  return minBytes === 0 ? 0 : Math.round((minBytes + maxBytes) / 2);
}
