import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEstate } from "../estate/create-estate";
import { fullEstate } from "../estate/full-estate";
import { isRoot, unprivilegedIdOffset } from "../estate/write-tree";
import { writeFaults } from "../faults";
import { setLabClock } from "../state/lab-clock";
import { nodePlaces } from "../state/places";
import { describeTree } from "../testing/describe-tree";
import { decodeVma } from "../testing/read-vma";
import { writeLauncher } from "./write-launcher";

const directory = mkdtempSync(join(tmpdir(), "lab-bytes-"));
const { volumes, dumpDirectory } = nodePlaces(directory, "pve1");
const excluded = /^(tmp|var\/tmp)\/|^var\/run\/\S+\.pid /;
let launcher = "";

beforeAll(async () => {
  // The guest of 300 MiB is left out: it has nothing that the others have not.
  await createEstate(directory, { ...fullEstate, guests: fullEstate.guests.filter(({ guest }) => guest.vmid !== 105) });
  launcher = writeLauncher(directory, "pve1");
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What vzdump writes to a pipe. */
function dump(vmid: number, ...options: string[]): Buffer {
  const { stdout, stderr, status } = spawnSync(launcher, [String(vmid), "--stdout", "--compress", "0", ...options], {
    maxBuffer: 1 << 30,
  });
  expect(stderr.toString()).toContain("Backup job finished successfully");
  expect(status).toBe(0);
  return stdout;
}

function unpack(name: string, archive: Buffer): string {
  const target = join(directory, name);
  mkdirSync(target);
  execFileSync("tar", ["-xpf", "-", "--numeric-owner", "-C", target], { input: archive });
  return target;
}

const members = (archive: Buffer) =>
  execFileSync("tar", ["-tf", "-"], {
    input: archive,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  }).split("\n");

describe("a container's archive", () => {
  it.each([
    { vmid: 101, what: "an unprivileged container, its ids as inside", idOffset: isRoot ? unprivilegedIdOffset : 0 },
    { vmid: 103, what: "a privileged container with a device node", idOffset: 0 },
  ])("unpacks into the same tree: $what", ({ vmid, idOffset }) => {
    const target = unpack(`tree-${vmid}`, dump(vmid));

    rmSync(join(target, "etc/vzdump"), { recursive: true });
    const ours = describeTree(join(volumes, "local-zfs", `subvol-${vmid}-disk-0`), idOffset);
    const isKept = (line: string) => !excluded.test(line) && !line.startsWith("etc ");
    expect(describeTree(target).filter(isKept)).toEqual(ours.filter(isKept));
    expect(ours.some((line) => line.includes("sparse"))).toBe(true);
    expect(ours.some((line) => line.includes("= srv/data/"))).toBe(true);
  });

  it("begins with the configuration and the firewall rules, owned by nobody inside", () => {
    const archive = dump(101);

    expect(members(archive).slice(0, 3)).toEqual(["./etc/vzdump/pct.conf", "./etc/vzdump/pct.fw", "./"]);
    const config = execFileSync("tar", ["-xOf", "-", "./etc/vzdump/pct.conf"], { input: archive, encoding: "utf8" });
    expect(config).toMatch(/^#Web server\narch: amd64\n/);
    expect(config).not.toContain("lock:");
    const listing = execFileSync("tar", ["--numeric-owner", "-tvf", "-", "./etc/vzdump/pct.fw"], {
      input: archive,
      encoding: "utf8",
    });
    expect(listing).toContain(isRoot ? " 65534/65534 " : " 0/0 ");
  });

  it("keeps extended attributes of users", () => {
    expect(dump(101).includes("SCHILY.xattr.user.comment=kept with the file")).toBe(true);
  });

  it("holds included mount points under their path, and neither excluded ones nor bind mounts", () => {
    const names = members(dump(102));

    expect(names).toContain("./var/lib/data/table.ibd");
    expect(names).toContain("./var/cache/scratch/");
    expect(names.some((name) => name.includes("never-in-a-backup") || name.includes("behind a bind mount"))).toBe(
      false,
    );
    expect(names.indexOf("./var/lib/data/table.ibd")).toBeGreaterThan(names.lastIndexOf("./usr/"));
  });
});

describe("a VM's archive", () => {
  const image = (name: string) => readFileSync(join(volumes, "local-zfs", name));

  it("decodes into the same disks, also one that ends within a block, without the excluded one", () => {
    const vma = decodeVma(dump(200));

    expect(vma.disks.map(({ name }) => name)).toEqual(["drive-scsi0", "drive-scsi1"]);
    expect(vma.disks[0]?.image.equals(image("vm-200-disk-0"))).toBe(true);
    expect(vma.disks[1]?.image.equals(image("vm-200-disk-1"))).toBe(true);
  });

  it("carries the configuration with a line per disk, and the firewall rules", () => {
    const { blobs } = decodeVma(dump(200));

    const config = blobs["qemu-server.conf"] ?? "";
    expect(config).toMatch(/^#Shop, two disks\nagent: 1\n/);
    expect(config.split("\n").filter((line) => line.startsWith("#qmdump#"))).toEqual([
      "#qmdump#map:scsi0:drive-scsi0:local-zfs:raw:",
      "#qmdump#map:scsi1:drive-scsi1:local-zfs:raw:",
    ]);
    expect(blobs["qemu-server.fw"]).toContain("enable: 1");
  });
});

describe("a stream to a reader that pauses", () => {
  it("reaches it to the last byte", async () => {
    const whole = dump(200);
    const child = spawn(launcher, ["200", "--stdout", "--compress", "0"], { stdio: ["ignore", "pipe", "ignore"] });
    let receivedBytes = 0;
    let hasPaused = false;
    child.stdout.on("data", (piece: Buffer) => {
      receivedBytes += piece.length;
      // More is left than the pipe holds, so that the writer still has some of it.
      if (hasPaused || receivedBytes < whole.length - 400_000) return;
      hasPaused = true;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 500);
    });

    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(hasPaused).toBe(true);
    expect(receivedBytes).toBe(whole.length);
  });
});

describe("a signal while the reader pauses", () => {
  it.each(["101", "200"])("ends the backup of guest %s at once", async (vmid) => {
    await writeFaults(directory, {
      guests: [{ vmid: "*", fault: { kind: "slow", bytesPerSecond: 1 << 30 } }],
      api: [],
    });
    const child = spawn(launcher, [vmid, "--stdout", "--compress", "0"], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => {
      child.stdout.pause();
      setTimeout(() => child.kill("SIGTERM"), 200);
    });

    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(255);
    child.stdout.destroy();
    await writeFaults(directory, { guests: [], api: [] });
  });
});

describe("vzdump's clock", () => {
  it("is the lab's: archives are named after a night that was asked for", () => {
    const night = new Date(2027, 0, 15, 3, 30, 0);
    setLabClock(directory, night);
    try {
      const { stdout } = spawnSync(launcher, ["104", "--compress", "zstd", "--storage", "local"], { encoding: "utf8" });

      expect(stdout).toMatch(/Backup started at 2027-01-15 03:30:\d\d/);
      expect(readdirSync(dumpDirectory)).toContainEqual(
        expect.stringMatching(/^vzdump-lxc-104-2027_01_15-03_30_\d\d\.tar\.zst$/),
      );
    } finally {
      setLabClock(directory, null);
    }
  });
});
