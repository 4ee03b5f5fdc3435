import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { readFileIndex } from "@/lib/archive/file-index";
import { parseSeekTable } from "@/lib/archive/seek-table";
import { createRig, type Rig } from "./fixtures/dump-rig";
import { parseDumpLogLine, readDumpResult, readDumpState } from "./job-folder";

let rig: Rig;
afterEach(() => rig.remove());

const name = "vzdump-lxc-102-2026_11_23-02_07_42.tar.zst";
const hashOf = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");

describe("a container's dump", () => {
  it("becomes an archive under vzdump's own name, with its index, log, notes and protection beside it", async () => {
    rig = createRig();

    const { exitCode, result, state } = await rig.run({}, { notes: "web01\nnightly", isProtected: true });

    const archive = readFileSync(join(rig.dump, name));
    const index = readFileSync(join(rig.dump, `${name}.index.zst`));
    expect(exitCode).toBe(0);
    expect(result).toEqual({
      isOk: true,
      archiveName: name,
      sizeBytes: archive.length,
      sha256: hashOf("sha256", archive),
      md5: hashOf("md5", archive),
      raw: {
        sizeBytes: rig.raw.length,
        sha256: hashOf("sha256", rig.raw),
        memberCount: 57,
        configText: expect.stringMatching(/^arch: amd64\nhostname: db01\n/),
        firewallText: "",
        devices: [],
      },
      index: { name: `${name}.index.zst`, sizeBytes: index.length, sha256: hashOf("sha256", index) },
      hasSeekTable: true,
      // 02:07:42 in Berlin in winter.
      startedAt: "2026-11-23T01:07:42.000Z",
      durationMs: expect.any(Number),
      mode: "stop",
      guestRestart: "ok",
      warnings: [],
    });
    expect(rig.dumped()).toEqual([
      "vzdump-lxc-102-2026_11_23-02_07_42.log",
      name,
      `${name}.index.zst`,
      `${name}.notes`,
      `${name}.protected`,
    ]);
    expect(readFileSync(join(rig.dump, `${name}.notes`), "utf8")).toBe("web01\nnightly");
    expect(readFileSync(join(rig.dump, `${name}.protected`)).length).toBe(0);
    expect(state).toMatchObject({ phase: "over", rawBytes: rig.raw.length, writtenBytes: archive.length });
    expect(readdirSync(rig.job).sort()).toEqual(["request.json", "result.json", "state.json", "vzdump.log"]);
  });

  it("is read by zstd and tar, has a seek table, and an index of every member", async () => {
    rig = createRig();
    await rig.run();
    const path = join(rig.dump, name);

    const unpacked = await execa("zstd", ["-q", "-dc", path], { encoding: "buffer" });
    const listing = await execa("tar", ["--zstd", "-tf", path]);
    const index = await readFileIndex(createReadStream(`${path}.index.zst`));
    const paths: string[] = [];
    for await (const entry of index.entries) if ("path" in entry) paths.push(entry.path);

    expect(Buffer.from(unpacked.stdout).equals(rig.raw)).toBe(true);
    expect(parseSeekTable(readFileSync(path))).toEqual([{ storedBytes: expect.any(Number), rawBytes: rig.raw.length }]);
    expect(paths).toEqual(listing.stdout.split("\n"));
  });

  it("asks vzdump for one guest on its standard output, and lets it see no more than it was given", async () => {
    rig = createRig();

    await rig.run({}, { mode: "snapshot", vzdumpArguments: ["--bwlimit", "51200"] });

    const { argv, environment } = rig.seenArguments();
    expect(argv.join(" ")).toBe("102 --stdout 1 --compress 0 --mode snapshot --lockwait 1 --bwlimit 51200");
    expect(environment.sort()).toEqual(["FAKE_VZDUMP", "PATH"]);
  });

  it("keeps vzdump's lines with their time, and the guest's own lines beside the archive", async () => {
    rig = createRig();

    await rig.run({ scenario: "huge line" });

    const lines = rig.logLines().map((line) => parseDumpLogLine(line)?.line);
    expect(lines[0]).toMatch(/^INFO: starting new backup job: vzdump 102 /);
    expect(lines.at(-1)).toBe("INFO: Backup job finished successfully");
    expect(lines.find((line) => line?.includes("xxx"))).toMatch(/^INFO: x{65530} \[3080198 more bytes\]$/);
    const beside = readFileSync(join(rig.dump, "vzdump-lxc-102-2026_11_23-02_07_42.log"), "utf8").split("\n");
    expect(beside[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO: Starting Backup of VM 102 \(lxc\)$/);
    expect(beside.at(-2)).toMatch(/INFO: Finished Backup of VM 102 \(00:00:08\)$/);
    expect(beside.join("\n")).not.toContain("Backup started at");
  });

  it("is kept when its guest did not start again, and says so", async () => {
    rig = createRig();

    const { result } = await rig.run({ scenario: "not restarted" });

    expect(result).toMatchObject({ isOk: true, guestRestart: "failed" });
    expect(rig.dumped()).toContain(name);
  });

  it("grows in the staging directory and is copied from another file system under its final name", async () => {
    rig = createRig();
    const staging = mkdtempSync("/dev/shm/undercroft-dump-");
    try {
      await rig.request({ chunkBytes: 65_536, pauseMs: 30 }, { stagingDirectory: staging });
      const child = rig.start();
      const { partPath } = await rig.waitFor((state) => state.partPath !== null);
      await rig.ended(child);

      expect(partPath).toBe(join(staging, `${name}.part`));
      expect(readdirSync(staging)).toEqual([]);
      expect(await readDumpResult(rig.job)).toMatchObject({
        isOk: true,
        sha256: hashOf("sha256", readFileSync(join(rig.dump, name))),
      });
    } finally {
      rmSync(staging, { recursive: true });
    }
  });
});

describe("a VM's dump", () => {
  const vmName = "vzdump-qemu-100-2026_11_23-02_07_42.vma.zst";

  it("becomes an archive with its configuration and disks known", async () => {
    rig = createRig("two-disks-firewall.vma.gz");

    const { result, state } = await rig.run({}, { vmid: 100, type: "qemu", mode: "snapshot" });

    expect(result).toMatchObject({
      isOk: true,
      archiveName: vmName,
      mode: "snapshot",
      guestRestart: "not_needed",
      raw: {
        configText: expect.stringMatching(/^boot: order=scsi0\n/),
        firewallText: expect.stringMatching(/^\[OPTIONS\]\n/),
        devices: [
          { name: "drive-efidisk0", sizeBytes: 540_672 },
          { name: "drive-scsi0", sizeBytes: 1_048_576 },
        ],
      },
    });
    expect(state?.vzdumpPercent).toBe(62);
    expect(rig.dumped()).toContain(vmName);
  });

  it("is refused when the stream ends before the last cluster, whatever vzdump says", async () => {
    rig = createRig("one-disk.vma.gz");

    const { result } = await rig.run({ scenario: "short" }, { vmid: 100, type: "qemu", mode: "snapshot" });

    expect(result).toMatchObject({ isOk: false, code: "dump_incomplete", exitCode: 0 });
    expect(result).toHaveProperty("cause", expect.stringContaining("short vma extent"));
    expect(rig.dumped()).toEqual([]);
  });
});

describe("a dump that fails", () => {
  const failures = [
    { scenario: "cut", code: "dump_incomplete", exitCode: 0, guestRestart: "ok" },
    { scenario: "short", code: "dump_incomplete", exitCode: 0, guestRestart: "ok" },
    { scenario: "garbled", code: "archive_unreadable", guestRestart: "ok" },
    { scenario: "locked", code: "guest_locked", exitCode: 255, guestRestart: "not_needed" },
    { scenario: "unknown guest", code: "guest_gone", exitCode: 255, guestRestart: "not_needed" },
    { scenario: "silent", code: "tool_failed", exitCode: 255, guestRestart: "not_needed" },
  ];

  it.each(failures)("as $scenario: $code, and nothing is left", async ({ scenario, ...expected }) => {
    rig = createRig();

    const { exitCode, result, state } = await rig.run({ scenario });

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ isOk: false, isBusy: false, ...expected });
    expect(state?.phase).toBe("over");
    expect(rig.dumped()).toEqual([]);
    expect(readdirSync(rig.job)).not.toContain("index.body");
  });

  it("waits while another vzdump holds the node's lock, and is then busy rather than failed", async () => {
    rig = createRig();
    await rig.request({ scenario: "busy", pauseMs: 1000 });
    const child = rig.start();

    await rig.waitFor((state) => state.phase === "waiting");
    await rig.ended(child);

    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: false, isBusy: true, code: "unavailable" });
  });

  it("does not start vzdump where it could not write, so that no guest is stopped for nothing", async () => {
    rig = createRig();

    const { result } = await rig.run({}, { dumpDirectory: join(rig.folder, "missing") });

    expect(result).toMatchObject({ isOk: false, code: "dump_directory_unusable" });
    expect(existsSync(rig.arguments)).toBe(false);
  });

  it("says when vzdump is not there", async () => {
    rig = createRig();

    const { result } = await rig.run({}, { vzdumpProgram: "/usr/bin/no-such-vzdump" });

    expect(result).toMatchObject({ isOk: false, code: "tool_failed" });
    expect(result).toHaveProperty("cause", expect.stringContaining("ENOENT"));
  });

  it("never takes the name of an archive that is there", async () => {
    rig = createRig();
    writeFileSync(join(rig.dump, name), "older");

    const { result } = await rig.run({ cleanupMs: 200 });

    expect(result).toMatchObject({ isOk: false, code: "conflict", guestRestart: "ok" });
    expect(rig.dumped()).toEqual([name]);
    expect(readFileSync(join(rig.dump, name), "utf8")).toBe("older");
  });
});

describe("a dump that is canceled", () => {
  const slow = { chunkBytes: 8192, pauseMs: 40 };

  it("lets vzdump clean up and start the guest again, and leaves nothing", async () => {
    rig = createRig();
    await rig.request({ ...slow, cleanupMs: 500 });
    const child = rig.start();
    await rig.waitFor((state) => state.partPath !== null && (state.rawBytes ?? 0) > 0);
    expect(rig.dumped()).toEqual([`${name}.part`]);

    child.kill("SIGTERM");
    await rig.ended(child);

    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: false, code: "canceled", guestRestart: "ok" });
    expect(await readDumpState(rig.job)).toMatchObject({ phase: "over", isCanceling: true });
    expect(rig.dumped()).toEqual([]);
    expect(rig.logLines().at(-1)).toContain("job errors");
  });

  it("goes away from a vzdump that missed the signal and sends on", async () => {
    rig = createRig();
    await rig.request({ ...slow, pauseMs: 60, scenario: "deaf" });
    const child = rig.start();
    await rig.waitFor((state) => (state.rawBytes ?? 0) > 0);

    child.kill("SIGTERM");
    await rig.ended(child);

    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: false, code: "canceled", guestRestart: "ok" });
    expect(rig.logLines().join("\n")).toContain("interrupted by signal");
    expect(rig.logLines().join("\n")).not.toContain("Total bytes written");
    expect(rig.dumped()).toEqual([]);
  });

  it("keeps an archive that was whole before, and does not disturb the start of its guest", async () => {
    rig = createRig();
    await rig.request({ cleanupMs: 1500 });
    const child = rig.start();
    await rig.waitFor((state) => state.rawBytes === rig.raw.length);

    child.kill("SIGTERM");
    await rig.ended(child);

    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: true, guestRestart: "ok" });
    expect(rig.logLines().join("\n")).not.toContain("interrupted by signal");
  });
});

describe("with the stock engine", () => {
  it("vzdump writes the archive itself, and it is hashed", async () => {
    rig = createRig();

    const { result } = await rig.run({}, { engine: "stock", notes: "web01" });

    const archive = readFileSync(join(rig.dump, name));
    expect(result).toMatchObject({
      isOk: true,
      archiveName: name,
      sizeBytes: archive.length,
      sha256: hashOf("sha256", archive),
      md5: hashOf("md5", archive),
      raw: null,
      index: null,
      hasSeekTable: false,
      guestRestart: "ok",
    });
    expect(rig.seenArguments().argv.join(" ")).toBe(
      `102 --dumpdir ${rig.dump} --prune-backups keep-all=1 --compress zstd --zstd 2 --mode stop --lockwait 1`,
    );
    expect(rig.dumped()).toEqual(["vzdump-lxc-102-2026_11_23-02_07_42.log", name, `${name}.notes`]);
  });

  it("is followed by the size of its unfinished file, and canceled without leaving one", async () => {
    rig = createRig();
    await rig.request({ pauseMs: 400 }, { engine: "stock" });
    const child = rig.start();
    await rig.waitFor((state) => state.writtenBytes > 0);

    child.kill("SIGTERM");
    await rig.ended(child);

    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: false, code: "canceled", guestRestart: "ok" });
    expect(rig.dumped()).toEqual([]);
  });
});
