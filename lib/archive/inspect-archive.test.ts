import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { endMark, tarFile, tarHeader } from "./fixtures/build-tar";
import { readFixture } from "./fixtures/read-fixture";
import type { IndexEntry } from "./index-entry";
import { createInspector, inspectStream } from "./inspect-archive";

function inspect(kind: "tar" | "vma", bytes: Buffer) {
  const entries: IndexEntry[] = [];
  const inspector = createInspector(kind, (entry) => entries.push(entry));
  for (let at = 0; at < bytes.length; at += 65_536) inspector.write(bytes.subarray(at, at + 65_536));
  return { inspection: inspector.end(), entries };
}

const archiveName = "vzdump-lxc-102-2026_11_23-02_07_42.tar.zst";

describe("an archive's inspection", () => {
  it("of a real container backup gives its configuration, size, hash and members", () => {
    const raw = readFixture(archiveName);

    const { inspection, entries } = inspect("tar", raw);

    expect(inspection).toEqual({
      kind: "tar",
      // What vzdump said in the archive's log: "Total bytes written: 2191360".
      rawSizeBytes: 2_191_360,
      rawSha256: createHash("sha256").update(raw).digest("hex"),
      memberCount: entries.length,
      configText: readFixture(`${archiveName}.pct.conf.txt`).toString(),
      firewallText: "",
      devices: [],
    });
    expect(entries.slice(0, 3).map((entry) => "path" in entry && entry.path)).toEqual([
      "./etc/vzdump/pct.conf",
      "./etc/vzdump/pct.fw",
      "./",
    ]);
  });

  it("of a VM backup gives its configurations and disks, and lists every extent", () => {
    const { inspection, entries } = inspect("vma", readFixture("two-disks-firewall.vma.gz"));

    expect(inspection).toMatchObject({ rawSizeBytes: 222_208, memberCount: 0 });
    expect(inspection.configText).toMatch(/^boot: order=scsi0\n/);
    expect(inspection.firewallText).toMatch(/^\[OPTIONS\]\n/);
    expect(inspection.devices).toEqual([
      { name: "drive-efidisk0", sizeBytes: 540_672 },
      { name: "drive-scsi0", sizeBytes: 1_048_576 },
    ]);
    expect(entries.at(-1)).toEqual({
      type: "vma_extent",
      offset: 12_800,
      blockCount: 51,
      clusterCount: 25,
      clusters: [
        { deviceId: 1, first: 0, last: 8 },
        { deviceId: 2, first: 0, last: 15 },
      ],
    });
  });

  it("has no configuration for a tar that holds none, and takes only the first of that name", () => {
    const config = (text: string) => tarFile("./etc/vzdump/pct.conf", text);

    expect(inspect("tar", Buffer.concat([tarFile("./a", "a"), endMark])).inspection.configText).toBeNull();
    expect(inspect("tar", Buffer.concat([config("one"), config("two"), endMark])).inspection.configText).toBe("one");
  });

  it("refuses a configuration of a size that none has, and a symlink in its place", () => {
    const huge = tarHeader({ name: "./etc/vzdump/pct.conf", sizeBytes: 1024 * 1024 + 1 });
    const link = tarHeader({ name: "./etc/vzdump/pct.conf", typeFlag: "2", linkName: "/etc/shadow" });

    expect(() => inspect("tar", huge)).toThrow("too large");
    expect(inspect("tar", Buffer.concat([link, endMark])).inspection.configText).toBeNull();
  });

  it.each([
    ["tar", "gnu.tar.gz"],
    ["vma", "many-extents.vma.gz"],
  ] as const)("knows when a %s is whole, before its stream ends", (kind, fixture) => {
    const raw = readFixture(fixture);
    const lastByte = kind === "tar" ? raw.findLastIndex((byte) => byte !== 0) + 1 : raw.length - 1;
    const inspector = createInspector(kind);

    inspector.write(raw.subarray(0, lastByte));
    expect(inspector.isWhole()).toBe(false);
    inspector.write(raw.subarray(lastByte));
    expect(inspector.isWhole()).toBe(true);
  });

  it("fails for a stream that is cut, of either kind, also when it is empty", async () => {
    const cut = async function* (bytes: Buffer) {
      yield bytes.subarray(0, -5000);
    };

    await expect(inspectStream(cut(readFixture("one-disk.vma.gz")), "vma")).rejects.toThrow("short vma extent");
    await expect(inspectStream(cut(readFixture("gnu.tar.gz")), "tar")).rejects.toThrow("cut");
    await expect(inspectStream(cut(Buffer.alloc(0)), "tar")).rejects.toThrow("cut");
    await expect(inspectStream(cut(Buffer.alloc(0)), "vma")).rejects.toThrow("EOF");
  });
});
