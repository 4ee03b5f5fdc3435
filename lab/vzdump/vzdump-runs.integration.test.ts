import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEstate } from "../estate/create-estate";
import { type Faults, writeFaults } from "../faults";
import { guestStatus, saveGuest, setGuestStatus } from "../state/guests";
import { nodePlaces } from "../state/places";
import { listTasks, taskLogLines } from "../tasks/task-store";
import { maskedLog } from "../testing/masked-log";
import { truthEstate } from "../testing/truth-estate";
import { writeLauncher } from "./write-launcher";

/** One recorded run of the real vzdump: what it was asked, what it printed, how it ended. */
type RecordedRun = {
  name: string;
  argv: string[];
  exit: number;
  stdout: string;
  stderr: string;
  taskEnd?: string;
  guestLog?: string;
  guestAfter?: string;
};

const recordedRuns = JSON.parse(
  readFileSync(new URL("../fixtures/truth/vzdump-runs.json", import.meta.url), "utf8"),
) as RecordedRun[];

const directory = mkdtempSync(join(tmpdir(), "lab-vzdump-"));
const places = nodePlaces(directory, "pve1");
const backup1 = join(places.root, "srv/backup1/dump");
let launcher = "";

beforeAll(async () => {
  await createEstate(directory, truthEstate);
  launcher = writeLauncher(directory, "pve1");
});

beforeEach(async () => {
  // A worker whose caller was killed goes on until its next line.
  while (listTasks(directory, "pve1").active.length > 0) await sleep(20);
  await writeFaults(directory, { guests: [], api: [] });
  for (const { guest, isRunning } of truthEstate.guests) {
    saveGuest(directory, { ...guest, usedBytes: 2_190_000 });
    setGuestStatus(directory, guest.vmid, isRunning ? "running" : "stopped");
  }
  for (const folder of [
    backup1,
    join(places.root, "srv/full/dump"),
    join(places.root, "srv/img"),
    places.dumpDirectory,
  ]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Run = { exit: number; stdout: string; stderr: string; child: ChildProcess };

/** Runs the node's vzdump. `during` is called once, with the first output that contains its text. */
async function runVzdump(
  argv: readonly string[],
  during?: { text: string; act: (child: ChildProcess) => unknown },
): Promise<Run> {
  const child = spawn(launcher, argv.map(intoLab), { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, hasActed] = ["", "", false];
  const watch = () => {
    if (hasActed || !during || !(stdout + stderr).includes(during.text)) return;
    hasActed = true;
    during.act(child);
  };
  child.stdout.on("data", (piece: Buffer) => {
    stdout += piece.toString("latin1");
    watch();
  });
  child.stderr.on("data", (piece: Buffer) => {
    stderr += piece.toString("utf8");
    watch();
  });
  const exit = await new Promise<number>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? -(signal === "SIGKILL" ? 9 : 1))),
  );
  return { exit, stdout, stderr, child };
}

/** The node's root is a folder here: absolute paths of the recording lie below it. */
const intoLab = (argument: string) =>
  argument.replace(/^\/(srv\/img|srv\/nosuchdir|usr\/local\/bin\/hook.sh)$/, `${places.root}/$1`);

/** Prints what the recorded hook printed, and fails in the phase that is named. */
function writeHook(failsIn: string | undefined): void {
  const script = `#!${process.execPath}
const names = ["STOREID", "DUMPDIR", "TARGET", "LOGFILE", "VMTYPE", "HOSTNAME"];
const [phase] = process.argv.slice(2);
console.log("HOOK: args: " + process.argv.slice(2).join(" "));
for (const name of names) if (process.env[name]) console.log("HOOK: env: " + name + "=" + process.env[name]);
const others = Object.keys(process.env).filter((name) => ![...names, "PATH"].includes(name));
console.log("HOOK: other env: " + others.map((name) => name + "=" + process.env[name] + " ").join(""));
console.error("HOOK: this line goes to stderr (" + phase + ")");
if (phase !== ${JSON.stringify(failsIn ?? null)}) process.exit(0);
console.error("HOOK: failing on purpose in " + phase);
process.exit(3);
`;
  mkdirSync(join(places.root, "usr/local/bin"), { recursive: true });
  writeFileSync(join(places.root, "usr/local/bin/hook.sh"), script, { mode: 0o755 });
}

const masked = (text: string) => maskedLog(text.replaceAll(places.root, ""));

const workerPid = () => listTasks(directory, "pve1").active[0]?.pid ?? Number.NaN;
const lastTaskLines = () => {
  const [task] = listTasks(directory, "pve1").archived;
  return task ? (taskLogLines(directory, task) ?? []) : [];
};

const midArchive = "creating vzdump archive";
const fault = (vmid: number, ...faults: Faults["guests"][number]["fault"][]): Faults => ({
  guests: faults.map((one) => ({ vmid, fault: one })),
  api: [],
});

/** Slow enough that a signal comes while the archive is written, on a busy machine too. */
const slowly = (bytesPerSecond: number) => ({ kind: "slow", bytesPerSecond }) as const;

function oldBackup(name: string, isProtected = false): void {
  writeFileSync(join(backup1, name), "old");
  if (isProtected) writeFileSync(join(backup1, `${name}.protected`), "");
}

/** What has to be so before a recorded run, where it was not the plain estate. */
const before: Record<string, () => unknown> = {
  "prune-keep-last-1": () => {
    oldBackup("vzdump-lxc-107-2026_01_22-02_07_30.tar.zst");
    oldBackup("vzdump-lxc-107-2026_01_22-02_08_30.tar.zst");
  },
  "prune-protected-not-counted": () => oldBackup("vzdump-lxc-107-2026_01_22-02_10_59.tar.zst", true),
  "remove-0-with-prune": () => oldBackup("vzdump-lxc-107-2026_01_22-02_10_59.tar.zst"),
  "restart-of-guest-fails": () => {
    const complaint =
      "hookscript error for 101 on pre-start: command '/var/lib/vz/snippets/nostart.sh 101 pre-start' failed: exit code 1";
    return writeFaults(
      directory,
      fault(101, { kind: "guestDoesNotRestart", output: ["no start today", complaint, ""] }),
    );
  },
  "storage-full-enospc": () => writeFaults(directory, fault(108, { kind: "noSpace", afterBytes: 500_000 })),
  "lock-holder": () => setGuestStatus(directory, 108, "stopped"),
  "sigkill-cli-mid-archive": () => setGuestStatus(directory, 108, "stopped"),
};

/** Once the archive is being written: before, a signal can be lost, with the real one too. */
async function whenWriting(act: () => void): Promise<void> {
  const isWriting = () => readdirSync(backup1).some((name) => /-108-.*\.dat$/.test(name));
  for (let tries = 0; tries < 20 && !isWriting(); tries++) await sleep(10);
  await sleep(50);
  act();
}

const toWorker = (signal: NodeJS.Signals) => () => whenWriting(() => process.kill(workerPid(), signal));
const toCommand = (signal: NodeJS.Signals) => (child: ChildProcess) => whenWriting(() => void child.kill(signal));

/** What happened during a recorded run. */
const during: Record<string, { text: string; act: (child: ChildProcess) => unknown }> = {
  "sighup-cli-mid-archive": { text: midArchive, act: toCommand("SIGHUP") },
  "sigint-cli-mid-archive": { text: midArchive, act: toCommand("SIGINT") },
  "sigkill-cli-mid-archive": { text: midArchive, act: toCommand("SIGKILL") },
  "sigterm-cli-mid-archive": { text: midArchive, act: toCommand("SIGTERM") },
  "sigint-worker-mid-archive": { text: midArchive, act: toWorker("SIGINT") },
  "sigkill-worker-mid-archive": { text: midArchive, act: toWorker("SIGKILL") },
  "sigterm-worker-mid-archive": { text: midArchive, act: toWorker("SIGTERM") },
  "sigterm-worker-multi": { text: "vzdump-lxc-108", act: toWorker("SIGTERM") },
  "stdout-sigterm": { text: "sending archive to stdout", act: toWorker("SIGTERM") },
  "stopped-by-stop": { text: "vzdump-lxc-108", act: () => whenWriting(() => void spawn(launcher, ["--stop", "1"])) },
  "stdout-consumer-closes": { text: "sending archive", act: (child) => child.stdout?.destroy() },
};

/** Runs that need a second vzdump have a test of their own below. */
const apart = ["second-while-first-runs-lockwait0", "stop-flag"];

describe("vzdump, against recorded runs of the real one", () => {
  it.each(recordedRuns.filter((run) => !apart.includes(run.name)))("prints and ends as in $name", async (recorded) => {
    const isInterrupted = during[recorded.name] !== undefined;
    const isOrphaned = /^sig(hup|kill)-cli/.test(recorded.name);
    if (isInterrupted) await writeFaults(directory, fault(108, slowly(isOrphaned ? 1_000_000 : 200_000)));
    await before[recorded.name]?.();
    if (recorded.argv.includes("--script")) writeHook(/^hook-fail-(.+)$/.exec(recorded.name)?.[1]);

    const run = await runVzdump(recorded.argv, during[recorded.name]);

    expect(run.exit).toBe(recorded.exit);
    if (!recorded.argv.includes("--stdout")) expect(masked(run.stdout)).toBe(masked(recorded.stdout));
    expect(masked(run.stderr)).toBe(masked(recorded.stderr));
    if (recorded.taskEnd?.startsWith("TASK "))
      expect(masked(lastTaskLines().at(-1) ?? "")).toBe(masked(recorded.taskEnd));
    if (recorded.guestLog !== undefined) expect(masked(newestGuestLog(recorded))).toBe(masked(recorded.guestLog));
    const vmid = Number(recorded.argv[0]);
    if (recorded.guestAfter) expect(guestStatus(directory, vmid).status).toBe(recorded.guestAfter);
  });

  it("refuses a second job that may not wait, and lets another wait for the first", async () => {
    const recorded = recordedRuns.find((run) => run.name === "second-while-first-runs-lockwait0");
    await writeFaults(directory, fault(108, slowly(100_000)));
    const begun = Promise.withResolvers<ChildProcess>();
    const holding = runVzdump(["108", "--mode", "stop", "--storage", "backup1"], {
      text: midArchive,
      act: begun.resolve,
    });
    const holder = await begun.promise;

    const refused = await runVzdump(recorded?.argv ?? []);
    const waiting = await runVzdump(["107", "--mode", "stop", "--storage", "backup1"], {
      text: "trying to get global lock",
      act: () => holder.kill("SIGTERM"),
    });

    expect((await holding).exit).toBe(255);
    expect(refused).toMatchObject({ exit: recorded?.exit, stdout: recorded?.stdout, stderr: recorded?.stderr });
    expect(waiting.exit).toBe(0);
    const [first, second] = waiting.stdout.split("\n");
    expect([first, second]).toEqual(["INFO: trying to get global lock - waiting...", "INFO: got global lock"]);
  });
});

function newestGuestLog(recorded: RecordedRun): string {
  const folder = recorded.argv.includes("--stdout") ? places.dumpDirectory : backup1;
  const [log] = readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .toSorted()
    .slice(-1);
  return readFileSync(join(folder, log ?? ""), "utf8").replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /gm, "");
}

describe("what vzdump leaves behind", () => {
  beforeEach(() => writeFaults(directory, fault(108, slowly(1_000_000))));

  it("leaves a killed worker's guest stopped and locked, with the unfinished archive", async () => {
    const run = await runVzdump(["108", "--mode", "stop", "--storage", "backup1", "--compress", "zstd"], {
      text: midArchive,
      act: toWorker("SIGKILL"),
    });

    expect(run.exit).toBe(255);
    expect(guestStatus(directory, 108).status).toBe("stopped");
    expect(readdirSync(backup1).map((name) => name.replace(/.*\d\d\./, ""))).toEqual(["tar.dat", "tmp"]);
    const again = await runVzdump(["108", "--mode", "stop", "--storage", "backup1"]);
    expect(again.stdout).toContain("ERROR: Backup of VM 108 failed - CT is locked (backup)");
  });

  it("removes the unfinished archive and the lock after TERM, starts the guest, and keeps the log", async () => {
    await runVzdump(["108", "--mode", "stop", "--storage", "backup1"], {
      text: midArchive,
      act: toCommand("SIGTERM"),
    });

    expect(guestStatus(directory, 108).status).toBe("running");
    expect(readdirSync(backup1).map((name) => name.replace(/.*\d\d\./, ""))).toEqual(["log"]);
    expect((await runVzdump(["108", "--mode", "stop", "--storage", "backup1"])).exit).toBe(0);
  });

  it("ends at its next line when its caller is gone, and leaves the guest stopped", async () => {
    const run = await runVzdump(["108", "--mode", "stop", "--storage", "backup1"], {
      text: midArchive,
      act: toCommand("SIGKILL"),
    });

    const pid = workerPid();
    expect(run.exit).toBe(-9);
    while (existsSync(`/proc/${pid}`)) await sleep(20);
    expect(guestStatus(directory, 108).status).toBe("stopped");
    expect(
      readdirSync(backup1)
        .map((name) => name.replace(/.*\d\d\./, ""))
        .toSorted(),
    ).toEqual(["dat", "tmp"]);
  });

  it("writes notes and protection beside the archive", async () => {
    const template = String.raw`{{guestname}} / {{node}}\nline \\ two`;
    const flags = ["--storage", "backup1", "--compress", "zstd", "--protected", "1", "--notes-template", template];
    await runVzdump(["107", ...flags]);

    const [, archive = "", notes = "", isProtected = ""] = readdirSync(backup1).toSorted();
    expect(archive).toMatch(/^vzdump-lxc-107-[\d_]{10}-[\d_]{8}\.tar\.zst$/);
    expect(notes).toBe(`${archive}.notes`);
    expect(isProtected).toBe(`${archive}.protected`);
    expect(readFileSync(join(backup1, notes), "utf8")).toBe("stopped01 / pve1\nline \\ two");
  });
});
