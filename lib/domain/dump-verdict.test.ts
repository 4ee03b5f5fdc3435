import { describe, expect, it } from "vitest";
import { type DumpLog, emptyDumpLog, withLine } from "./dump-log";
import { type DumpEvidence, judgeDump } from "./dump-verdict";
import captured from "./fixtures/vzdump-runs.json" with { type: "json" };
import { parseVzdumpLine } from "./vzdump-line";

const logOf = (lines: readonly string[]): DumpLog =>
  lines.reduce((log, line) => withLine(log, parseVzdumpLine(line)), emptyDumpLog);

/** A recorded run, with what its reader would have received had all bytes come. */
function evidenceOf(name: string, facts: Partial<DumpEvidence> = {}): DumpEvidence {
  const run = captured.runs.find((candidate) => candidate.name === name);
  if (!run) throw new Error(`no recorded run ${name}`);
  const log = logOf(run.lines);
  return {
    guestType: "lxc",
    log,
    exitCode: run.exitCode < 0 ? null : run.exitCode,
    signal: run.exitCode === -9 ? "SIGKILL" : null,
    received: name.startsWith("stdout") ? { bytes: log.totalBytesWritten ?? 0, isWhole: true } : null,
    isCanceled: false,
    guestWasRunning: null,
    guestIsRunning: null,
    ...facts,
  };
}

const qemuLines = [
  "INFO: starting new backup job: vzdump 107 --stdout 1 --mode snapshot --compress 0",
  "INFO: Starting Backup of VM 107 (qemu)",
  "INFO: Backup started at 2026-08-20 02:47:31",
  "INFO: status = running",
  "INFO: VM Name: db",
  "INFO: backup mode: snapshot",
  "INFO: sending archive to stdout",
  "INFO: started backup task '6f1d0c52-1b7e-4a0f-9f3a-0c1d2e3f4a5b'",
  "INFO: resuming VM again",
  "INFO: 100% (32.0 GiB of 32.0 GiB) in 4m 49s, read: 101.3 MiB/s, write: 0 B/s",
  "INFO: transferred 32.00 GiB in 289 seconds (113.4 MiB/s)",
  "INFO: Finished Backup of VM 107 (00:04:53)",
  "INFO: Backup finished at 2026-08-20 02:52:24",
  "INFO: Backup job finished successfully",
];
const qemu: DumpEvidence = {
  guestType: "qemu",
  log: logOf(qemuLines),
  exitCode: 0,
  signal: null,
  received: { bytes: 3_000_000, isWhole: true },
  isCanceled: false,
  guestWasRunning: true,
  guestIsRunning: true,
};

describe("judgeDump on recorded runs", () => {
  it.each([
    "101-snapshot-on-dir-falls-back",
    "101-stop-dir-running",
    "101-suspend-running",
    "102-stop-raw-mountpoints",
    "107-stop-already-stopped",
    "109-snapshot-running",
    "dumpdir",
    "gzip",
    "hook-ok",
    "hook-suspend-mode",
    "lock-holder",
    "sigint-cli-race-swallowed",
    "sigterm-worker-during-stop-of-guest",
    "stdout",
    "stdout-snapshot",
    "uncompressed",
  ])("believes %s, which made a whole archive", (name) => {
    expect(judgeDump(evidenceOf(name))).toMatchObject({ isOk: true, guestFault: null });
  });

  it.each([
    ["105-locked", "guest_locked", "CT is locked (backup)"],
    ["stdout-locked", "guest_locked", "CT is locked (backup)"],
    ["999-unknown-vmid", "guest_gone", "unable to find VM '999'"],
    [
      "storage-full-enospc",
      "dump_directory_full",
      "The archive could not be written (exit code 70): zstd: error 70 : Write error : cannot write block : No space left on device",
    ],
    [
      "dumpdir-does-not-exist",
      "dump_directory_unusable",
      "The archive could not be written (exit code 1): /bin/bash: line 1: /srv/full/dump/vzdump-lxc-108-2026_11_23-02_08_31.tar.dat: No such file or directory",
    ],
    ["dumpdir-missing", "dump_directory_unusable", "vzdump ended with 255: dumpdir '/srv/nosuchdir' does not exist"],
    ["storage-missing-inactive", "dump_directory_unusable", /could not activate storage 'missing'/],
    ["storage-no-backup-content", "dump_directory_unusable", /wrong content type/],
    [
      "tar-permission-denied",
      "tool_failed",
      "The archive could not be written (exit code 2): tar: ./srv/data/owned-by-host-root: Cannot open: Permission denied",
    ],
    ["104-volume-missing", "tool_failed", "volume 'local:104/vm-104-disk-0.raw' does not exist"],
    ["103-snapshot-fails-leaves-snapshot", "tool_failed", "cannot mount subvol snapshots for storage type 'btrfs'"],
    ["hook-fail-backup-end", "tool_failed", /hook\.sh backup-end stop 101' failed: exit code 3|exit code 3/],
    ["hook-fail-job-init", "tool_failed", /hook\.sh job-init/],
    ["hook-fail-job-start", "tool_failed", /exit code 3/],
    ["sigterm-worker-mid-archive", "dump_incomplete", "Writing the archive failed: interrupted by signal"],
    ["stdout-sigterm", "dump_incomplete", "Writing the archive failed: interrupted by signal"],
    ["sigkill-worker-mid-archive", "dump_incomplete", "vzdump ended with 255: got unexpected control message:"],
    ["sigkill-cli-mid-archive", "dump_incomplete", "vzdump was ended by SIGKILL before it was done."],
    ["bad-mode", "tool_failed", /vzdump ended with 2: /],
    ["remove-0-with-prune", "tool_failed", /^There is a max backup limit of 1/],
    ["stdout-two-guests", "tool_failed", /you can only backup a single VM with option --stdout/],
  ] as const)("says of %s: %s", (name, code, cause) => {
    const verdict = judgeDump(evidenceOf(name));

    expect(verdict).toMatchObject({ isOk: false, code, isBusy: false });
    if (!verdict.isOk) expect(verdict.cause).toMatch(cause);
  });

  it("does not believe exit 0 when tar never said how much it wrote, for its reader had gone", () => {
    const evidence = evidenceOf("stdout-consumer-closes", { received: { bytes: 3_000_000, isWhole: false } });

    expect(evidence).toMatchObject({ exitCode: 0, log: { isGuestFinished: true, guestFailure: null } });
    expect(judgeDump(evidence)).toMatchObject({ isOk: false, code: "dump_incomplete", guestRestart: "ok" });
    expect(judgeDump({ ...evidence, received: null })).toMatchObject({ isOk: false, code: "dump_incomplete" });
  });

  it("takes a busy node lock for busy, not for a failure", () => {
    expect(judgeDump(evidenceOf("second-while-first-runs-lockwait0"))).toMatchObject({
      isOk: false,
      isBusy: true,
      code: "unavailable",
    });
  });

  it("keeps the archive of a guest that did not start again, and says so of the guest", () => {
    const verdict = judgeDump(evidenceOf("restart-of-guest-fails"));

    expect(verdict).toMatchObject({
      isOk: true,
      guestRestart: "failed",
      guestFault: { code: "guest_not_restarted", cause: "The guest ran before its backup and does not run now." },
    });
    expect(judgeDump(evidenceOf("hook-fail-pre-restart"))).toMatchObject({ isOk: true, guestRestart: "failed" });
  });

  it("believes Proxmox more than a missing line when the guest is up after all", () => {
    const evidence = evidenceOf("hook-fail-post-restart");

    expect(judgeDump(evidence)).toMatchObject({ guestRestart: "failed" });
    expect(judgeDump({ ...evidence, guestWasRunning: true, guestIsRunning: true })).toMatchObject({
      isOk: true,
      guestRestart: "ok",
      guestFault: null,
    });
  });

  it("sees the guest that a killed vzdump left stopped", () => {
    expect(judgeDump(evidenceOf("sigkill-worker-mid-archive"))).toMatchObject({ isOk: false, guestRestart: "failed" });
  });

  it("keeps a whole archive when only a hook of the job failed after it", () => {
    expect(judgeDump(evidenceOf("hook-fail-job-end"))).toMatchObject({
      isOk: true,
      warnings: [
        "vzdump ended with 255 after the backup: command '/usr/local/bin/hook.sh job-end' failed: exit code 3",
      ],
    });
  });

  it("passes warnings on", () => {
    expect(judgeDump(evidenceOf("hook-fail-log-end")).warnings).toEqual([
      "command '/usr/local/bin/hook.sh log-end stop 101' failed: exit code 3",
    ]);
    expect(judgeDump(evidenceOf("101-snapshot-on-dir-falls-back")).warnings).toEqual([
      "some volumes do not support snapshots",
    ]);
  });
});

describe("judgeDump on what arrived", () => {
  it.each<[string, Partial<DumpEvidence>]>([
    ["fewer bytes than tar wrote", { received: { bytes: 2_181_119, isWhole: true } }],
    ["more bytes than tar wrote", { received: { bytes: 2_181_121, isWhole: true } }],
    ["a tar that does not end", { received: { bytes: 2_181_120, isWhole: false } }],
    ["no word of the guest at the end", { log: { ...evidenceOf("stdout").log, isGuestFinished: false } }],
  ])("refuses %s though vzdump is content", (_, facts) => {
    expect(judgeDump(evidenceOf("stdout"))).toMatchObject({ isOk: true });
    expect(judgeDump(evidenceOf("stdout", facts))).toMatchObject({ isOk: false, code: "dump_incomplete" });
  });

  it("takes a VM's archive by its own end, for vzdump counts no bytes there", () => {
    expect(judgeDump(qemu)).toMatchObject({ isOk: true, guestRestart: "not_needed" });
    expect(judgeDump({ ...qemu, received: { bytes: 3_000_000, isWhole: false } })).toMatchObject({
      isOk: false,
      code: "dump_incomplete",
    });
  });

  it("sees a VM that was stopped and runs on", () => {
    const log = logOf([
      ...qemuLines.slice(0, 5),
      "INFO: backup mode: stop",
      "INFO: stopping virtual guest",
      "INFO: resuming VM again after 12 seconds",
      ...qemuLines.slice(-3),
    ]);

    expect(judgeDump({ ...qemu, log, guestIsRunning: null })).toMatchObject({ isOk: true, guestRestart: "ok" });
    expect(judgeDump({ ...qemu, log, guestIsRunning: false })).toMatchObject({ isOk: true, guestRestart: "failed" });
  });

  it("leaves a guest alone that was stopped before", () => {
    const evidence = evidenceOf("stdout", { guestWasRunning: false, guestIsRunning: false });

    expect(judgeDump(evidence)).toMatchObject({ isOk: true, guestRestart: "not_needed", guestFault: null });
  });

  it("calls a failure after a cancel a cancel, and keeps what was whole before it", () => {
    expect(judgeDump(evidenceOf("stdout-sigterm", { isCanceled: true }))).toMatchObject({
      isOk: false,
      code: "canceled",
    });
    expect(judgeDump(evidenceOf("stdout", { isCanceled: true }))).toMatchObject({ isOk: true });
  });

  it("knows a guest that moved to another node", () => {
    const log = logOf(["INFO: starting new backup job: vzdump 203", "INFO: skip external VMs: 203"]);

    expect(judgeDump({ ...qemu, log })).toMatchObject({ isOk: false, code: "guest_gone" });
  });

  it("says that the compressor of a VM died of a full disk", () => {
    const log = logOf([
      ...qemuLines.slice(0, 8),
      "zstd: error 70 : Write error : cannot write block : No space left on device ",
      "ERROR: vma_queue_write: write error - Broken pipe",
      "INFO: aborting backup job",
      "ERROR: Backup of VM 107 failed - vma_queue_write: write error - Broken pipe",
    ]);

    expect(judgeDump({ ...qemu, log, exitCode: 255 })).toMatchObject({ isOk: false, code: "dump_directory_full" });
  });
});

describe("withLine", () => {
  it("puts a reason of several lines together", () => {
    const log = logOf([
      "ERROR: Backup of VM 101 failed - error one",
      "ERROR: and two",
      "cp: cannot create regular file",
      "INFO: Failed at 2026-11-23 02:08:36",
    ]);

    expect(log).toMatchObject({ guestFailure: "error one and two", complaints: [] });
  });

  it("stays small however much vzdump says", () => {
    const endless = Array.from({ length: 500 }, (_, index) => [`WARN: w${index}`, `tar says ${index}`]).flat();
    const log = logOf(endless);

    expect(log.warnings).toHaveLength(20);
    expect(log.complaints).toHaveLength(20);
    expect(log.complaints.at(-1)).toBe("tar says 499");
  });
});
