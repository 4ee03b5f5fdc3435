import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEstate } from "../estate/create-estate";
import { tinyEstate } from "../estate/tiny-estate";
import { type GuestFault, readFaults, writeFaults } from "../faults";
import { changeGuest, findGuest, guestStatus, setGuestStatus } from "../state/guests";
import { nodePlaces } from "../state/places";
import { runVzdump } from "../testing/run-vzdump";
import { writeLauncher } from "./write-launcher";

const directory = mkdtempSync(join(tmpdir(), "lab-faults-"));
const { dumpDirectory } = nodePlaces(directory, "pve1");
let launcher = "";

beforeAll(async () => {
  await createEstate(directory, tinyEstate);
  launcher = writeLauncher(directory, "pve1");
});

beforeEach(async () => {
  for (const vmid of [101, 200]) {
    setGuestStatus(directory, vmid, "running");
    await changeGuest(directory, vmid, ({ config: { lock: _lock, ...config }, ...guest }) => ({ ...guest, config }));
  }
  for (const name of readdirSync(dumpDirectory)) rmSync(join(dumpDirectory, name), { recursive: true });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const arm = (vmid: number | "*", fault: GuestFault, times?: number) =>
  writeFaults(directory, { guests: [{ vmid, fault, times }], api: [] });
const toPipe = (vmid: number, mode = "stop") =>
  runVzdump(launcher, [String(vmid), "--stdout", "--compress", "0", "--mode", mode]);
const toFile = (vmid: number, ...more: string[]) =>
  runVzdump(launcher, [String(vmid), "--storage", "local", "--mode", "stop", ...more]);
const leftovers = () =>
  readdirSync(dumpDirectory)
    .map((name) => name.replace(/.*\d\d\./, ""))
    .toSorted();

describe("faults that can be asked for", () => {
  it("locked: refuses the guest without a byte, for a container and for a VM", async () => {
    await arm("*", { kind: "locked", lock: "migrate" });

    const [container, vm] = [await toPipe(101), await toPipe(200)];

    expect(container).toMatchObject({ exit: 255, archive: Buffer.alloc(0) });
    expect(container.stderr).toContain("ERROR: Backup of VM 101 failed - CT is locked (migrate)\n");
    expect(vm.stderr).toContain("ERROR: Backup of VM 200 failed - VM is locked (migrate)\n");
  });

  it.each([
    ["zstd", "zstd: error 70 : Write error : cannot write block : No space left on device", "exit code 70"],
    ["gzip", "gzip: stdout: No space left on device", "exit code 1"],
    ["0", "tar: -: Wrote only 4096 of 10240 bytes", "exit code 2"],
  ])(
    "noSpace: fails with the words of a full disk, compressed with %s, and the guest runs again",
    async (compress, words, end) => {
      await arm(101, { kind: "noSpace", afterBytes: 100_000 });

      const run = await toFile(101, "--compress", compress);

      expect(run.exit).toBe(255);
      expect(run.stdout).toContain(words);
      expect(run.stdout).toMatch(new RegExp(`ERROR: Backup of VM 101 failed - command '.*' failed: ${end}\n`));
      expect(guestStatus(directory, 101).status).toBe("running");
      expect(leftovers()).toEqual(["log"]);
    },
  );

  it("noSpace: a VM's job is aborted and the VM goes on", async () => {
    await arm(200, { kind: "noSpace", afterBytes: 100_000 });

    const run = await toFile(200, "--compress", "zstd", "--mode", "snapshot");

    expect(run.exit).toBe(255);
    expect(run.stdout).toContain(
      "ERROR: vma_queue_write: write error - Broken pipe\nINFO: aborting backup job\nINFO: resuming VM again\n",
    );
    expect(leftovers()).toEqual(["log"]);
  });

  it("diesHalfWay: leaves the guest stopped and locked, and a cut stream", async () => {
    await arm(101, { kind: "diesHalfWay", afterBytes: 300_000 });

    const run = await toPipe(101);

    expect(run.exit).toBe(255);
    expect(run.archive.length).toBe(300_000);
    expect(run.stderr).toMatch(/sending archive to stdout\ngot unexpected control message: {2}\n$/);
    expect(guestStatus(directory, 101).status).toBe("stopped");
    expect(findGuest(directory, 101)?.config.lock).toBe("backup");
  });

  it("failsBeforeDump: says that the volume is missing, for a container and for a VM", async () => {
    await arm("*", { kind: "failsBeforeDump" });

    expect((await toPipe(101)).stderr).toContain("failed - volume 'local-zfs:subvol-101-disk-0' does not exist\n");
    expect((await toPipe(200)).stderr).toContain("failed - no such volume 'local-zfs:vm-200-disk-0'\n");
  });

  it.each([
    { vmid: 101, mode: "stop", line: "startup for container '101' failed" },
    { vmid: 200, mode: "stop", line: "VM 200 qmp command 'cont' failed - got timeout" },
    { vmid: 200, mode: "suspend", line: "VM 200 qmp command 'cont' failed - got timeout" },
  ])(
    "guestDoesNotRestart: says success while guest $vmid stays stopped after mode $mode",
    async ({ vmid, mode, line }) => {
      await arm(vmid, { kind: "guestDoesNotRestart" });

      const run = await toPipe(vmid, mode);

      expect(run.exit).toBe(0);
      expect(run.stderr).toContain("INFO: Backup job finished successfully\n");
      expect(run.stderr.split("\n")).toContain(line);
      expect(run.stderr).not.toContain("guest is online again");
      expect(guestStatus(directory, vmid).status).toBe("stopped");
    },
  );

  it.each([101, 200])("cutStreamSaysSuccess: says success of a stream that ends early, guest %i", async (vmid) => {
    await arm(vmid, { kind: "cutStreamSaysSuccess", afterBytes: 123_456 });

    const run = await toPipe(vmid, "snapshot");

    expect(run.exit).toBe(0);
    expect(run.archive.length).toBe(123_456);
    expect(run.stderr).toContain("INFO: Backup job finished successfully\n");
    expect(run.stderr).not.toContain("Total bytes written");
  });

  it("cutStreamSaysSuccess: leaves an archive under its final name that cannot be read to its end", async () => {
    await arm(101, { kind: "cutStreamSaysSuccess", afterBytes: 123_456 });

    const run = await toFile(101);

    expect(run.exit).toBe(0);
    expect(leftovers()).toEqual(["log", "tar"]);
    const [archive = ""] = readdirSync(dumpDirectory).filter((name) => name.endsWith(".tar"));
    expect(statSync(join(dumpDirectory, archive)).size).toBe(123_456);
  });

  it("slow: lets the stream flow at its rate", async () => {
    await arm(101, { kind: "slow", bytesPerSecond: 2_000_000 });

    const startedAt = performance.now();
    const run = await toPipe(101);

    expect(performance.now() - startedAt).toBeGreaterThan((run.archive.length / 2_000_000) * 1000 - 200);
    expect(run.stderr).toContain("Total bytes written");
  });

  it("strikes as many times as asked, and no other guest", async () => {
    await arm(101, { kind: "failsBeforeDump" }, 2);

    expect((await toPipe(200, "snapshot")).exit).toBe(0);
    expect((await toPipe(101)).exit).toBe(255);
    expect((await toPipe(101)).exit).toBe(255);
    expect((await toPipe(101)).exit).toBe(0);
    expect(readFaults(directory).guests).toEqual([]);
  });
});

describe("vzdump without a compressor", () => {
  it("fails in the shell's words, and starts the guest again", async () => {
    const onlyTar = join(directory, "programs");
    mkdirSync(onlyTar);
    symlinkSync(execFileSync("which", ["tar"], { encoding: "utf8" }).trim(), join(onlyTar, "tar"));

    const run = await runVzdump(launcher, ["101", "--compress", "lzo", "--mode", "stop"], onlyTar);

    expect(run.exit).toBe(255);
    expect(run.stdout).toContain("INFO: /bin/bash: line 1: lzop: command not found\n");
    expect(run.stdout).toMatch(/failed: exit code 127\n/);
    expect(guestStatus(directory, 101).status).toBe("running");
  });
});
