import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { parseArchiveName } from "./archive-names";
import { type KeepOptions, markBackups, parseKeepOptions } from "./prune-marks";

type PruneCase = {
  description: string;
  tz: string;
  keep: KeepOptions;
  /** File name, epoch seconds, 1 if protected; in the order of the listing. */
  backups: [string, number, number][];
  marks: string[];
};

const cases = JSON.parse(
  readFileSync(new URL("../fixtures/truth/prune-cases.json", import.meta.url), "utf8"),
) as PruneCase[];

const zone = process.env.TZ;

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("markBackups", () => {
  it.each(cases)("marks as Proxmox does: $description", ({ tz, keep, backups, marks }) => {
    process.env.TZ = tz;
    const archives = backups.map(([fileName, seconds, isProtected]) => {
      const name = parseArchiveName(fileName);
      const hasStandardName = name?.createdAt !== undefined;
      const group = `${name?.subtype}/${name?.vmid}`;
      return { createdAt: new Date(seconds * 1000), isProtected: isProtected === 1, hasStandardName, group };
    });

    const groups = [...Map.groupBy(archives, (archive) => archive.group).values()];
    const marked = new Map(groups.flatMap((group) => [...markBackups(group, keep)]));

    expect(archives.map((archive) => marked.get(archive))).toEqual(marks);
  });
});

describe("parseKeepOptions", () => {
  it("takes no positive count for keep-all, as Proxmox does", () => {
    expect(parseKeepOptions("keep-last=0")).toEqual({ ok: true, keep: { "keep-all": 1 } });
  });

  it("refuses keep-all beside a count", () => {
    const error = "keep-all cannot be set together with other options.";
    expect(parseKeepOptions("keep-all=1,keep-last=2")).toEqual({ ok: false, error });
  });
});
