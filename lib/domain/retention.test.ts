import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArchiveName, parseVolumeId } from "./archive-name";
import cases from "./fixtures/prune-cases.json" with { type: "json" };
import {
  describeIdleRules,
  keepsEverything,
  planRetention,
  type RetainableArchive,
  type RetentionPlan,
  type RetentionRules,
  retentionRulesSchema,
} from "./retention";

type Listed = RetainableArchive & { volumeId: string; guest: string; vmid: number | null };

function listed(volumeId: string, ctime: number, vmid: number | null, isProtected: boolean, timeZone: string): Listed {
  const name = parseVolumeId(volumeId)?.fileName ?? "";
  const parsed = parseArchiveName(name, timeZone);
  const guestType = parsed.kind === "standard" ? parsed.guestType : "unknown";
  return { volumeId, vmid, name, isProtected, createdAt: new Date(ctime * 1000), guest: `${guestType}/${vmid}` };
}

/** Proxmox plans a listing guest by guest; so does this. Keys of the case that are no option have no effect. */
function marksByVolume(
  archives: readonly Listed[],
  options: Record<string, number | undefined>,
  timeZone: string,
): Map<string, string> {
  const { "keep-all": keepAll, "keep-last": keepLast = 0, "keep-hourly": keepHourly = 0 } = options;
  const { "keep-daily": keepDaily = 0, "keep-weekly": keepWeekly = 0 } = options;
  const { "keep-monthly": keepMonthly = 0, "keep-yearly": keepYearly = 0 } = options;
  const rules = { keepAll: keepAll === 1, keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepYearly };
  const guests = new Set(archives.map(({ guest }) => guest));
  const entries = [...guests].flatMap(
    (guest) =>
      planRetention(
        archives.filter((archive) => archive.guest === guest),
        rules,
        timeZone,
      ).entries,
  );
  return new Map(entries.map(({ archive, mark }) => [archive.volumeId, mark]));
}

describe("planRetention", () => {
  it.each(cases.upstream)("does what Proxmox does: $description", ({ backups, expected, keep, tz, type, vmid }) => {
    const archives = backups
      .map((backup) => {
        const isProtected = "protected" in backup && backup.protected === 1;
        return listed(backup.volid, backup.ctime, "vmid" in backup ? backup.vmid : null, isProtected, tz);
      })
      .filter((archive) => vmid === null || archive.vmid === vmid)
      .filter((archive) => type === null || archive.guest.startsWith(`${type}/`));

    const marks = marksByVolume(archives, keep, tz);

    expect(Object.fromEntries(marks)).toEqual(Object.fromEntries(expected.map(({ volid, mark }) => [volid, mark])));
  });

  it.each(cases.derived)("marks as Proxmox marked: $description", ({ backups, marks, keep, tz, type, vmid }) => {
    const rows = backups as [volumeId: string, ctime: number, vmid: number | null, isProtected: number][];
    const archives = rows
      .map(([volumeId, ctime, id, isProtected]) => listed(volumeId, ctime, id, isProtected === 1, tz))
      .filter((_, index) => marks[index] !== null);

    const found = marksByVolume(archives, keep, tz);

    expect(vmid === null || archives.every((archive) => archive.vmid === vmid)).toBe(true);
    expect(type === null || archives.every((archive) => archive.guest.startsWith(`${type}/`))).toBe(true);
    expect(rows.map(([volumeId]) => found.get(volumeId) ?? null)).toEqual(marks);
  });

  const archiveAt = (text: string): RetainableArchive => ({ createdAt: new Date(text) });
  const datesRemoved = (archives: RetainableArchive[], rules: Partial<RetentionRules>, timeZone = "UTC") =>
    planRetention(archives, rules, timeZone).remove.map(({ createdAt }) => createdAt.toISOString());
  const monday = archiveAt("2026-03-02T02:00:00Z");
  const mondayNoon = archiveAt("2026-03-02T12:00:00Z");
  const tuesday = archiveAt("2026-03-03T02:00:00Z");

  it("does not spend a daily count on a day that keepLast already covers", () => {
    expect(datesRemoved([monday, mondayNoon, tuesday], { keepLast: 1, keepDaily: 1 })).toEqual([
      "2026-03-02T02:00:00.000Z",
    ]);
  });

  it("counts days in the policy's zone, not in UTC", () => {
    const beforeParisMidnight = archiveAt("2026-03-02T22:30:00Z");
    const afterParisMidnight = archiveAt("2026-03-02T23:30:00Z");

    expect(datesRemoved([beforeParisMidnight, afterParisMidnight], { keepDaily: 5 }, "Europe/Paris")).toEqual([]);
    expect(datesRemoved([beforeParisMidnight, afterParisMidnight], { keepDaily: 5 }, "UTC")).toHaveLength(1);
  });

  it("takes the two hours that share a name when clocks go back for one", () => {
    const summerHour = archiveAt("2025-10-26T00:30:00Z");
    const winterHour = archiveAt("2025-10-26T01:30:00Z");

    expect(datesRemoved([summerHour, winterHour], { keepHourly: 5 }, "Europe/Berlin")).toEqual([
      "2025-10-26T00:30:00.000Z",
    ]);
  });

  it("removes nothing when no count is set", () => {
    expect(datesRemoved([monday, tuesday], {})).toEqual([]);
    expect(datesRemoved([monday, tuesday], { keepAll: true, keepLast: 1 })).toEqual([]);
  });

  it("keeps the newest even when it is given last or between others", () => {
    expect(datesRemoved([tuesday, monday], { keepLast: 1 })).toEqual(["2026-03-02T02:00:00.000Z"]);
    expect(datesRemoved([monday, tuesday], { keepLast: 1 })).toEqual(["2026-03-02T02:00:00.000Z"]);
  });

  it("says of each archive which rule decided", () => {
    const pinned = { ...archiveAt("2026-03-01T02:00:00Z"), isProtected: true };
    const renamed = { ...archiveAt("2026-03-01T03:00:00Z"), name: "vzdump-lxc-101-before-upgrade.tar.zst" };
    const lastYear = archiveAt("2025-01-01T02:00:00Z");

    const plan = planRetention(
      [monday, mondayNoon, tuesday, pinned, renamed, lastYear],
      { keepLast: 1, keepDaily: 1 },
      "UTC",
    );

    expect(plan.entries.map(({ mark, reason }) => `${mark}: ${reason}`)).toEqual([
      "remove: keep-daily keeps a newer one of that day",
      "keep: keep-daily 1 of 1",
      "keep: keep-last 1 of 1",
      "protected: protected",
      "renamed: its name is not standard",
      "remove: no rule keeps it",
    ]);
    expect(plan.keep).toEqual([mondayNoon, tuesday, pinned, renamed]);
    expect(plan.remove).toEqual([monday, lastYear]);
  });

  it("prunes host configuration archives by their names too", () => {
    const host = (day: string) => ({
      name: `undercroft-host-pve1-2026_03_${day}-02_00_00.tar.zst`,
      createdAt: new Date(`2026-03-${day}T02:00:00Z`),
    });

    expect(planRetention([host("01"), host("02")], { keepLast: 1 }, "UTC").remove).toEqual([host("01")]);
  });

  it("names the zone it does not know", () => {
    expect(() => planRetention([monday], { keepDaily: 1 }, "Nowhere/Land")).toThrow(
      "'Nowhere/Land' is not a time zone",
    );
  });

  it("plans 10 000 archives in a fifth of a second", () => {
    const archives = Array.from({ length: 10_000 }, (_, hour) => ({ createdAt: new Date(1.7e12 + hour * 3_600_000) }));
    const rules = { keepLast: 3, keepHourly: 48, keepDaily: 14, keepWeekly: 8, keepMonthly: 12, keepYearly: 5 };
    const durationsMs = Array.from({ length: 3 }, () => {
      const startedMs = performance.now();
      planRetention(archives, rules, "Europe/Berlin");
      return performance.now() - startedMs;
    });

    expect(Math.min(...durationsMs)).toBeLessThan(200);
  });
});

describe("planRetention over any archives and rules", () => {
  const someArchives = fc.array(
    fc.record({
      createdAt: fc.integer({ min: 1_600_000_000, max: 1_700_000_000 }).map((seconds) => new Date(seconds * 1000)),
      isProtected: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  const aCount = fc.integer({ min: 0, max: 6 });
  const someRules = fc.record({
    keepLast: aCount,
    keepHourly: aCount,
    keepDaily: aCount,
    keepWeekly: aCount,
    keepMonthly: aCount,
    keepYearly: aCount,
  });
  type Check = (plan: RetentionPlan<RetainableArchive>, rules: Partial<RetentionRules>, timeZone: string) => void;
  const plans = (check: Check) =>
    fc.assert(
      fc.property(
        someArchives,
        someRules,
        fc.constantFrom("UTC", "Europe/Berlin", "America/New_York"),
        (archives, rules, zone) => {
          check(planRetention(archives, rules, zone), rules, zone);
        },
      ),
    );

  it("never removes what is protected, and splits without loss", () => {
    plans((plan) => {
      expect(plan.remove.some(({ isProtected }) => isProtected)).toBe(false);
      expect(plan.keep.length + plan.remove.length).toBe(plan.entries.length);
    });
  });

  it("always keeps the newest", () => {
    plans((plan) => {
      const unprotected = plan.entries.map(({ archive }) => archive).filter(({ isProtected }) => !isProtected);
      const newest = Math.max(...unprotected.map(({ createdAt }) => createdAt.getTime()));
      expect(unprotected.length === 0 || plan.keep.some((kept) => kept.createdAt.getTime() === newest)).toBe(true);
    });
  });

  it("keeps by a rule no more than the rule asks for", () => {
    plans((plan, rules) => {
      for (const { rule, kept, wanted } of plan.rules) {
        expect(kept).toBeLessThanOrEqual(wanted);
        expect(plan.entries.filter((entry) => entry.mark === "keep" && entry.rule === rule)).toHaveLength(kept);
      }
      expect(keepsEverything(rules)).toBe(plan.rules.length === 0);
    });
  });

  it("removes nothing more when planned again over what it kept", () => {
    plans((plan, rules, timeZone) => {
      expect(planRetention(plan.keep, rules, timeZone).remove).toEqual([]);
    });
  });
});

describe("describeIdleRules", () => {
  it("calls out a rule that an earlier one makes pointless", () => {
    const nights = Array.from({ length: 15 }, (_, day) => ({ createdAt: new Date(Date.UTC(2026, 2, day + 1, 2)) }));

    expect(describeIdleRules(planRetention(nights, { keepLast: 15, keepDaily: 7 }, "UTC"))).toEqual([
      "keep-daily 7 has no effect: keep-last 15 already covers all there is.",
    ]);
    expect(describeIdleRules(planRetention(nights, { keepLast: 2, keepDaily: 7 }, "UTC"))).toEqual([]);
    expect(describeIdleRules(planRetention([], { keepLast: 2 }, "UTC"))).toEqual([
      "keep-last 2 has no effect: there is nothing to keep.",
    ]);
  });
});

describe("retentionRulesSchema", () => {
  it("fills in zeros and refuses what Proxmox refuses", () => {
    expect(retentionRulesSchema.parse({ keepLast: 2 })).toEqual({
      keepAll: false,
      keepLast: 2,
      keepHourly: 0,
      keepDaily: 0,
      keepWeekly: 0,
      keepMonthly: 0,
      keepYearly: 0,
    });
    expect(retentionRulesSchema.safeParse({ keepLast: -1 }).success).toBe(false);
    expect(retentionRulesSchema.safeParse({ keepLast: 1.5 }).success).toBe(false);
    expect(retentionRulesSchema.safeParse({ keepMonthyl: 1 }).success).toBe(false);
    expect(retentionRulesSchema.safeParse({ keepAll: true, keepLast: 1 }).error?.issues[0]).toMatchObject({
      path: ["keepAll"],
      message: "keep-all cannot be set together with other options.",
    });
  });
});
