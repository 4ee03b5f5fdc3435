import { z } from "zod";
import { isPrunableName } from "./archive-name";
import { wallClockMs } from "./zoned-time";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** 1970-01-01 was a Thursday: three days earlier a Monday began the ISO week. */
const mondayShiftDays = 3;

/**
 * In the order Proxmox applies them: a later rule never spends its count on a period an earlier one kept. `periodOf`
 * numbers the periods of local time, so the hour that comes twice when clocks go back is one period.
 */
const rulesInOrder = [
  { rule: "keepLast", label: "keep-last", period: "second", periodOf: (_wall: number, epochMs: number) => epochMs },
  { rule: "keepHourly", label: "keep-hourly", period: "hour", periodOf: (wall: number) => Math.floor(wall / hourMs) },
  { rule: "keepDaily", label: "keep-daily", period: "day", periodOf: (wall: number) => Math.floor(wall / dayMs) },
  {
    rule: "keepWeekly",
    label: "keep-weekly",
    period: "week",
    periodOf: (wall: number) => Math.floor((Math.floor(wall / dayMs) + mondayShiftDays) / 7),
  },
  { rule: "keepMonthly", label: "keep-monthly", period: "month", periodOf: monthOf },
  {
    rule: "keepYearly",
    label: "keep-yearly",
    period: "year",
    periodOf: (wall: number) => new Date(wall).getUTCFullYear(),
  },
] as const;

function monthOf(wallMs: number): number {
  const date = new Date(wallMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export type RetentionRule = (typeof rulesInOrder)[number]["rule"];

/** Largest count a form may ask for; far above what any destination holds. */
const countSchema = z.int().min(0).max(100_000).default(0);

/** Proxmox's keep-* options. All zero keeps everything, as it does there. */
export const retentionRulesSchema = z
  .strictObject({
    keepAll: z.boolean().default(false),
    keepLast: countSchema,
    keepHourly: countSchema,
    keepDaily: countSchema,
    keepWeekly: countSchema,
    keepMonthly: countSchema,
    keepYearly: countSchema,
  })
  .refine((rules) => !(rules.keepAll && rulesInOrder.some(({ rule }) => rules[rule] > 0)), {
    message: "keep-all cannot be set together with other options.",
    path: ["keepAll"],
  });
export type RetentionRules = z.infer<typeof retentionRulesSchema>;

export function keepsEverything(rules: Partial<RetentionRules>): boolean {
  return rules.keepAll === true || rulesInOrder.every(({ rule }) => (rules[rule] ?? 0) === 0);
}

export type RetainableArchive = {
  createdAt: Date;
  isProtected?: boolean | undefined;
  /** Where given, a name that is not standard sets the archive outside all rules. */
  name?: string | undefined;
};

/** As Proxmox marks: what is `protected` or `renamed` stays, and neither counts towards a rule nor covers a period. */
export type RetentionMark = "keep" | "remove" | "protected" | "renamed";

export type RetentionEntry<Archive> = {
  archive: Archive;
  mark: RetentionMark;
  /** The rule that keeps it, or that removes it for a newer one of the same period; null where no rule decided. */
  rule: RetentionRule | null;
  /** "keep-weekly 3 of 8", "keep-daily keeps a newer one of that day", "no rule keeps it". */
  reason: string;
};

export type RetentionPlan<Archive> = {
  /** One per archive, in the order they came. */
  entries: RetentionEntry<Archive>[];
  /** All that stays: kept, protected and renamed. */
  keep: Archive[];
  remove: Archive[];
  /** What each rule in use kept, in the order of application. */
  rules: { rule: RetentionRule; label: string; wanted: number; kept: number }[];
};

type Candidate<Archive> = { entry: RetentionEntry<Archive>; isDecided: boolean; epochMs: number; wallMs: number };

/**
 * Splits one guest's archives at one place into what the rules keep and what they remove, exactly as Proxmox does
 * (pve-storage, prune_mark_backup_group). Changes nothing. Of two archives of one second the first in the list stays.
 * Throws AppError invalid_input for an unknown zone.
 */
export function planRetention<Archive extends RetainableArchive>(
  archives: readonly Archive[],
  rules: Partial<RetentionRules>,
  timeZone: string,
): RetentionPlan<Archive> {
  const entries = archives.map(entryBeforeRules);
  const undecided = entries.filter(({ mark }) => mark === "remove");
  if (keepsEverything(rules)) {
    for (const entry of undecided) decide(entry, "keep", null, "keep-all");
    return planOf(entries, []);
  }

  const newestFirst = undecided
    .map((entry): Candidate<Archive> => {
      const epochMs = Math.floor(entry.archive.createdAt.getTime() / 1000) * 1000;
      return { entry, isDecided: false, epochMs, wallMs: wallClockMs(epochMs, timeZone) };
    })
    .sort((a, b) => b.epochMs - a.epochMs);

  const used = rulesInOrder
    .map((rule) => ({ ...rule, wanted: rules[rule.rule] ?? 0 }))
    .filter(({ wanted }) => wanted > 0)
    .map((rule) => ({ rule: rule.rule, label: rule.label, wanted: rule.wanted, kept: applyRule(rule, newestFirst) }));
  return planOf(entries, used);
}

/** What no rule keeps goes; only archives that may be pruned at all are left to the rules. */
function entryBeforeRules<Archive extends RetainableArchive>(archive: Archive): RetentionEntry<Archive> {
  if (archive.isProtected) return { archive, mark: "protected", rule: null, reason: "protected" };
  if (archive.name !== undefined && !isPrunableName(archive.name)) {
    return { archive, mark: "renamed", rule: null, reason: "its name is not standard" };
  }
  return { archive, mark: "remove", rule: null, reason: "no rule keeps it" };
}

/** Marks what one rule decides, newest first, and returns how many it kept. */
function applyRule<Archive>(
  { rule, label, period, periodOf, wanted }: (typeof rulesInOrder)[number] & { wanted: number },
  newestFirst: readonly Candidate<Archive>[],
): number {
  const periods = newestFirst.map(({ wallMs, epochMs }) => periodOf(wallMs, epochMs));
  const coveredBefore = new Set(periods.filter((_, index) => newestFirst[index]?.entry.mark === "keep"));
  const keptPeriods = new Set<number>();

  for (const [index, candidate] of newestFirst.entries()) {
    const periodNumber = periods[index];
    if (periodNumber === undefined || candidate.isDecided || coveredBefore.has(periodNumber)) continue;
    if (keptPeriods.has(periodNumber)) {
      decide(candidate.entry, "remove", rule, `${label} keeps a newer one of that ${period}`);
    } else {
      if (keptPeriods.size >= wanted) break;
      keptPeriods.add(periodNumber);
      decide(candidate.entry, "keep", rule, `${label} ${keptPeriods.size} of ${wanted}`);
    }
    candidate.isDecided = true;
  }
  return keptPeriods.size;
}

function decide(entry: RetentionEntry<unknown>, mark: RetentionMark, rule: RetentionRule | null, reason: string): void {
  entry.mark = mark;
  entry.rule = rule;
  entry.reason = reason;
}

function planOf<Archive>(
  entries: RetentionEntry<Archive>[],
  rules: RetentionPlan<Archive>["rules"],
): RetentionPlan<Archive> {
  return {
    entries,
    keep: entries.filter(({ mark }) => mark !== "remove").map(({ archive }) => archive),
    remove: entries.filter(({ mark }) => mark === "remove").map(({ archive }) => archive),
    rules,
  };
}

/** Rules that are set and yet keep nothing here, each in a sentence: "keep-daily 7 has no effect: keep-last already …". */
export function describeIdleRules(plan: RetentionPlan<unknown>): string[] {
  return plan.rules
    .filter(({ kept }) => kept === 0)
    .map(({ label, rule, wanted }) => {
      const earlier = plan.rules
        .slice(
          0,
          plan.rules.findIndex((other) => other.rule === rule),
        )
        .filter(({ kept }) => kept > 0);
      const covering = earlier.map((other) => `${other.label} ${other.wanted}`).join(", ");
      const because = covering
        ? `${covering} already ${earlier.length > 1 ? "cover" : "covers"} all there is`
        : "there is nothing to keep";
      return `${label} ${wanted} has no effect: ${because}.`;
    });
}
