import { describe, expect, it } from "vitest";
import misc from "./fixtures/misc-cases.json" with { type: "json" };
import captured from "./fixtures/vzdump-runs.json" with { type: "json" };
import { redactLine } from "./redact";
import { parseVzdumpLine, type VzdumpFact } from "./vzdump-line";

const factOf = (line: string) => parseVzdumpLine(line).fact;
const gib = 1024 ** 3;

describe("parseVzdumpLine", () => {
  it.each<[string, VzdumpFact]>([
    ["INFO: starting new backup job: vzdump 107 --stdout 1", { kind: "job_started", command: "vzdump 107 --stdout 1" }],
    ["INFO: skip external VMs: 203, 204", { kind: "external_skipped", vmids: [203, 204] }],
    ["INFO: trying to get global lock - waiting...", { kind: "lock_awaited" }],
    ["INFO: got global lock", { kind: "lock_taken" }],
    ["ERROR: can't acquire lock '/var/run/vzdump.lock' - got timeout", { kind: "lock_refused" }],
    ["ERROR: can't acquire lock '/var/run/vzdump.lock' (wait = 0)", { kind: "lock_refused" }],
    ["INFO: Starting Backup of VM 200 (lxc)", { kind: "guest_started", vmid: 200, guestType: "lxc" }],
    ["INFO: Starting Backup of VM 107 (qemu)", { kind: "guest_started", vmid: 107, guestType: "qemu" }],
    ["INFO: Backup started at 2026-04-07 17:11:08", { kind: "backup_started", localTime: "2026-04-07 17:11:08" }],
    ["INFO: Backup finished at 2026-04-07 17:11:30", { kind: "backup_finished", localTime: "2026-04-07 17:11:30" }],
    ["INFO: Failed at 2026-04-07 17:11:30", { kind: "backup_failed", localTime: "2026-04-07 17:11:30" }],
    ["INFO: status = running", { kind: "guest_status", isRunning: true }],
    ["INFO: status = stopped", { kind: "guest_status", isRunning: false }],
    ["INFO: CT Name: web", { kind: "guest_named", name: "web" }],
    ["INFO: VM Name: db", { kind: "guest_named", name: "db" }],
    [
      "INFO: mode failure - some volumes do not support snapshots",
      { kind: "mode_failed", reason: "some volumes do not support snapshots" },
    ],
    ["INFO: backup mode: suspend", { kind: "mode", mode: "suspend" }],
    [
      "INFO: creating vzdump archive '/mnt/nas/dump/vzdump-lxc-200-2026_04_07-17_11_08.tar.zst'",
      { kind: "target", target: "/mnt/nas/dump/vzdump-lxc-200-2026_04_07-17_11_08.tar.zst" },
    ],
    [
      "INFO: creating Proxmox Backup Server archive 'ct/101/2026-05-09T15:43:57Z'",
      { kind: "target", target: "ct/101/2026-05-09T15:43:57Z" },
    ],
    ["INFO: sending archive to stdout", { kind: "target_stdout" }],
    ["INFO: stopping virtual guest", { kind: "guest_stopping" }],
    ["INFO: suspending guest", { kind: "guest_suspending" }],
    ["INFO: suspend vm to make snapshot", { kind: "guest_suspending" }],
    ["INFO: restarting vm", { kind: "guest_restarting" }],
    ["INFO: guest is online again after <1 seconds", { kind: "guest_online" }],
    ["INFO: guest is online again after 30 seconds", { kind: "guest_online" }],
    ["INFO: resuming VM again after 12 seconds", { kind: "guest_online" }],
    ["INFO: Total bytes written: 611809280 (584MiB, 27MiB/s)", { kind: "tar_total", totalBytes: 611_809_280 }],
    [
      "INFO: archive file size: 189MB",
      { kind: "archive_size", minBytes: 189 * 1024 ** 2, maxBytes: 190 * 1024 ** 2 - 1 },
    ],
    ["INFO: Finished Backup of VM 200 (125:01:01)", { kind: "guest_finished", vmid: 200, durationMs: 450_061_000 }],
    [
      "ERROR: Backup of VM 105 failed - VM is locked (backup)",
      { kind: "guest_failed", vmid: 105, reason: "VM is locked (backup)" },
    ],
    ["INFO: Backup job finished successfully", { kind: "job_finished", isOk: true }],
    ["INFO: Backup job finished with errors", { kind: "job_finished", isOk: false }],
    ["ERROR: Backup job failed - interrupted by signal", { kind: "job_failed", reason: "interrupted by signal" }],
    ["TASK OK", { kind: "task_ended", status: "OK" }],
    ["TASK WARNINGS: 2", { kind: "task_ended", status: "WARNINGS: 2" }],
    ["TASK ERROR: job errors", { kind: "task_ended", status: "job errors" }],
  ])("reads %s", (line, fact) => {
    expect(factOf(line)).toEqual(fact);
  });

  it.each([
    "INFO: resuming VM again",
    "INFO: guest is online again after a while",
    "INFO: include disk 'scsi0' 'local-lvm:vm-107-disk-0' 32G",
    "INFO: tar: ./x: file changed as we read it",
    "WARN: Backup of VM 105 failed - not really",
    "ERROR: vma_queue_write: write error - Broken pipe",
    "INFO: Starting Backup of VM 200 (openvz)",
    "INFO: 62% (20.0 GiB of 32.0 GiB)",
    "INFO:  62% (lots of 32.0 GiB) in 3s, read: 1 B/s, write: 0 B/s",
    "x INFO: restarting vm",
    "",
  ])("makes nothing of '%s'", (line) => {
    expect(factOf(line)).toEqual({ kind: "other" });
  });

  it.each(misc.progressLines)(
    "reads the progress '$line'",
    ({ line, seconds, target, transferred, interval, readBytes }) => {
      const fact = factOf(`INFO: ${line}`);
      if (fact.kind !== "progress") throw new Error(`${line} was read as ${fact.kind}`);

      expect(fact.elapsedMs).toBe(seconds * 1000);
      expect(Math.abs(fact.bytesTotal - target)).toBeLessThanOrEqual(gib * 0.05);
      expect(Math.abs(fact.bytesDone - transferred)).toBeLessThanOrEqual(gib * 0.05);
      expect(fact.percent).toBe(target === 0 ? 100 : Math.floor((transferred * 100) / target));
      expect(Math.abs(fact.readBytesPerSecond - readBytes / interval)).toBeLessThanOrEqual(0.06 * 1024 ** 2);
    },
  );

  it("tells levels, times and texts apart", () => {
    expect(parseVzdumpLine("2026-11-23 02:06:28 INFO: status = running")).toEqual({
      level: "info",
      localTime: "2026-11-23 02:06:28",
      text: "status = running",
      fact: { kind: "guest_status", isRunning: true },
    });
    expect(parseVzdumpLine("WARN: disk is slow")).toMatchObject({
      level: "warn",
      localTime: null,
      text: "disk is slow",
    });
    expect(parseVzdumpLine("ERROR: VM 200 not running")).toMatchObject({ level: "error", text: "VM 200 not running" });
    expect(parseVzdumpLine('  Logical volume "snap_vm-200" created.')).toMatchObject({
      level: "raw",
      text: '  Logical volume "snap_vm-200" created.',
    });
  });

  it("reads the same facts from a log file as from the task's log", () => {
    const run = captured.runs.find(({ name }) => name === "101-stop-dir-running");
    const fromTask = (run?.lines ?? []).map(factOf).filter(({ kind }) => kind !== "other");
    const fromFile = captured.fileLog.map(factOf).filter(({ kind }) => kind !== "other");
    const onlyInTaskLogs = ["job_started", "backup_started", "backup_finished", "job_finished"];

    expect(fromFile).toEqual(fromTask.filter(({ kind }) => !onlyInTaskLogs.includes(kind)));
    expect(fromFile).toHaveLength(11);
  });

  it("names every line of the recorded runs by the same few kinds", () => {
    const kinds = new Map<string, number>();
    for (const line of captured.runs.flatMap(({ lines }) => lines)) {
      const { kind } = factOf(line);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }

    const counted = (pattern: RegExp) =>
      captured.runs.flatMap(({ lines }) => lines).filter((line) => pattern.test(line)).length;
    expect(kinds.get("guest_started")).toBe(counted(/Starting Backup of VM/));
    expect(kinds.get("guest_finished")).toBe(counted(/Finished Backup of VM/));
    expect(kinds.get("guest_failed")).toBe(counted(/Backup of VM \d+ failed/));
    expect(kinds.get("tar_total")).toBe(counted(/Total bytes written/));
    expect(kinds.get("guest_online")).toBe(counted(/guest is online again/));
    expect(kinds.get("target")).toBe(counted(/creating vzdump archive/));
    expect(kinds.get("target_stdout")).toBe(counted(/sending archive to stdout/));
  });

  it("is not disturbed by what is masked in stored lines", () => {
    for (const line of captured.runs.flatMap(({ lines }) => lines)) expect(redactLine(line)).toBe(line);
  });
});
