import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  archiveStamp,
  formatArchiveName,
  formatHostArchiveName,
  formatVolumeId,
  isPrunableName,
  parseArchiveName,
  parseHostArchiveName,
  parseVolumeId,
  stampOfLocalText,
} from "./archive-name";
import cases from "./fixtures/archive-name-cases.json" with { type: "json" };

type Expected = {
  compression: string | null;
  ctime?: number;
  decompressor: string[] | null;
  filename: string;
  format: string;
  is_std_name: number;
  logfilename?: string;
  notesfilename?: string;
  type: string;
  vmid?: number;
};
type Case = { archive: string; tz: string; expected?: Expected | null; error?: string | null };

/** In the shape archive_info answers with, so that both can be compared whole. */
function asArchiveInfo(path: string, timeZone: string): { expected: Expected } | { error: string } {
  const archive = parseArchiveName(path, timeZone);
  if (archive.kind === "foreign") return { error: `${archive.reason}\n` };
  if (archive.kind === "renamed" && archive.reason.includes("out of range")) {
    return { error: `${archive.reason} at <file> line <n>.` };
  }
  const { compression, decompressor, fileName, format, guestType } = archive;
  const known = {
    compression,
    decompressor: decompressor && [...decompressor],
    filename: fileName,
    format,
    is_std_name: archive.kind === "standard" ? 1 : 0,
    type: guestType,
  };
  if (archive.kind === "renamed") return { expected: known };
  return {
    expected: {
      ...known,
      ctime: archive.createdAt.getTime() / 1000,
      logfilename: archive.logName,
      notesfilename: archive.notesName,
      vmid: archive.vmid,
    },
  };
}

describe("parseArchiveName", () => {
  const all: Case[] = [...cases.upstreamArchiveInfo, ...cases.derivedArchiveInfo];

  it("has Proxmox's own cases to answer", () => {
    expect(all).toHaveLength(62);
  });

  it.each(all)("reads $archive in $tz as archive_info does", ({ archive, tz, expected, error }) => {
    expect(asArchiveInfo(archive, tz)).toEqual(expected ? { expected } : { error });
  });

  it("reads the first of two hours when clocks go back", () => {
    const archive = parseArchiveName("vzdump-lxc-100-2025_10_26-02_30_00.tar.zst", "Europe/Berlin");

    expect(archive).toMatchObject({ createdAt: new Date("2025-10-26T00:30:00Z") });
  });

  it("names the files that belong to an archive", () => {
    expect(parseArchiveName("vzdump-lxc-100-2024_01_02-03_04_05.tar.zst", "UTC")).toMatchObject({
      logName: "vzdump-lxc-100-2024_01_02-03_04_05.log",
      notesName: "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst.notes",
      protectedName: "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst.protected",
    });
  });

  it.each([
    "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst\n",
    "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst.part",
    "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst.manifest.json",
    "-rf",
    "$(touch x)",
    "",
  ])("takes %j for no backup", (name) => {
    expect(parseArchiveName(name, "UTC").kind).toBe("foreign");
  });

  it.each([
    ["vzdump-qemu-100-2024_01_01-00_60_00.vma", "Minute '60' out of range 0..59"],
    ["vzdump-qemu-100-2024_01_01-00_00_61.vma", "Second '61' out of range 0..59"],
    ["vzdump-qemu-100-0020_01_01-00_00_00.vma", "Year '0020' out of range 100..9999"],
    ["vzdump-qemu-100-2023_02_29-00_00_00.vma", "Day '29' out of range 1..28"],
  ])("says why %s has no time", (name, reason) => {
    expect(parseArchiveName(name, "UTC")).toMatchObject({ kind: "renamed", reason });
  });
});

describe("formatArchiveName", () => {
  it("gives back what parseArchiveName read, in any zone", () => {
    const anArchive = fc.record({
      guestType: fc.constantFrom("lxc" as const, "qemu" as const),
      vmid: fc.integer({ min: 100, max: 999_999_999 }),
      format: fc.constantFrom("tar" as const, "vma" as const),
      compression: fc.constantFrom("gz" as const, "lzo" as const, "zst" as const, "bz2" as const, null),
    });
    const aSecond = fc.integer({ min: 0, max: 4_000_000_000 });
    const aZone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");

    fc.assert(
      fc.property(anArchive, aSecond, aZone, (archive, epochSeconds, timeZone) => {
        const stamp = archiveStamp(new Date(epochSeconds * 1000), timeZone);
        const name = formatArchiveName({ ...archive, stamp });
        const parsed = parseArchiveName(name, timeZone);

        expect(parsed).toMatchObject({ ...archive, kind: "standard", fileName: name });
        if (parsed.kind === "standard") expect(archiveStamp(parsed.createdAt, timeZone)).toBe(stamp);
      }),
    );
  });

  it("takes its stamp from vzdump's own line", () => {
    expect(stampOfLocalText("2026-11-23 02:28:22")).toBe("2026_11_23-02_28_22");
  });
});

describe("host archive names", () => {
  const name = "undercroft-host-pve-1-2026_11_23-02_28_22.tar.zst";

  it("are made and read back", () => {
    expect(formatHostArchiveName("pve-1", "2026_11_23-02_28_22")).toBe(name);
    expect(parseHostArchiveName(`/x/${name}`, "Europe/Berlin")).toEqual({
      fileName: name,
      nodeName: "pve-1",
      createdAt: new Date("2026-11-23T01:28:22Z"),
    });
  });

  it("are nothing Proxmox takes for a guest's backup", () => {
    expect(parseArchiveName(name, "UTC").kind).toBe("foreign");
  });

  it.each([
    "undercroft-host-pve1-2026_13_23-02_28_22.tar.zst",
    "undercroft-host--2026_11_23-02_28_22.tar.zst",
    "undercroft-host-pve1-2026_11_23-02_28_22.tar.zst.part",
    "vzdump-lxc-100-2024_01_02-03_04_05.tar.zst",
  ])("do not include %s", (other) => {
    expect(parseHostArchiveName(other, "UTC")).toBeUndefined();
  });
});

describe("isPrunableName", () => {
  it("accepts names of vzdump and of this product, and nothing else", () => {
    expect(isPrunableName("vzdump-lxc-100-2024_01_02-03_04_05.tar.zst")).toBe(true);
    expect(isPrunableName("undercroft-host-pve1-2026_11_23-02_28_22.tar.zst")).toBe(true);
    expect(isPrunableName("vzdump-lxc-100-2024_02_30-03_04_05.tar.zst")).toBe(false);
    expect(isPrunableName("vzdump-lxc-100-before-upgrade.tar.zst")).toBe(false);
    expect(isPrunableName("../vzdump-lxc-100-2024_01_02-03_04_05.tar.zst")).toBe(false);
    expect(isPrunableName("holiday.tar")).toBe(false);
  });
});

describe("volume ids", () => {
  it("are split into storage and file, and put together again", () => {
    const id = "nas:backup/vzdump-lxc-101-2026_03_30-17_11_02.tar.zst";

    expect(parseVolumeId(id)).toEqual({
      storageId: "nas",
      fileName: "vzdump-lxc-101-2026_03_30-17_11_02.tar.zst",
    });
    expect(formatVolumeId("nas", "vzdump-lxc-101-2026_03_30-17_11_02.tar.zst")).toBe(id);
  });

  it.each(["nas:iso/x.iso", "n:backup/x.tar", "nas:backup/a/b.tar", "nas:backup/", "backup/x.tar"])(
    "do not include %s",
    (text) => {
      expect(parseVolumeId(text)).toBeUndefined();
    },
  );
});
