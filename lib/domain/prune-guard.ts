import { planRetention, type RetainableArchive, type RetentionPlan, type RetentionRules } from "./retention";

/** A copy at one destination with all that may stand against its removal. */
export type PrunableCopy = RetainableArchive & {
  /** It has the proof its policy asks for. Anything less never counts as kept, and is never removed by a rule. */
  isGood: boolean;
  isPinned: boolean;
  isGoodOnPrimary: boolean;
  /** A copy, verify, restore or download is reading it. */
  isInUse: boolean;
  /** The destination's own listing showed it just before this decision. */
  isListed: boolean;
};

export type PruneFacts = {
  rules: Partial<RetentionRules>;
  /** False for a catalogue that is empty, new, being rebuilt or could not be read, and for a listing that failed. */
  isCatalogueTrusted: boolean;
  /** True for the local slot of a policy with a primary: an archive stays until its copy there is good. */
  waitsForPrimary: boolean;
  /** How many removals a person has confirmed for this guest and destination; null where nobody was asked. */
  confirmedRemovals: number | null;
};

export const holdReasons = {
  catalogue_untrusted: "the catalogue or the listing cannot be trusted",
  protected: "protected",
  pinned: "pinned",
  not_good: "not proven yet",
  newest_good: "newest good copy",
  keeps_last: "one of the newest that keep-last asks for",
  not_on_primary: "not yet good on Primary",
  in_use: "being read",
  not_listed: "not in the destination's listing",
} as const;
export type HoldCode = keyof typeof holdReasons;

/** More than this share of a guest's good copies at a destination does not go without a person's word. */
const removableRatio = 0.5;
/** With so few copies one or two removals are already half; there the rules alone decide. */
const alwaysRemovableUpTo = 5;

export type GuardedRemovals<Copy> = {
  /** What may be removed now: nothing while a question is open. */
  remove: Copy[];
  /** What the plan would have removed, and why it stays. */
  held: { copy: Copy; code: HoldCode; reason: string }[];
  /** Set when the share rule stops the prune: how much would go, for a person to confirm. */
  question: { removals: number; goodCopies: number; text: string } | null;
};

/**
 * What of a retention plan may be carried out for one guest at one destination. Trusts no plan: the newest good copy, the
 * newest `keepLast` good ones, pinned copies and local archives that are not safe elsewhere stay whatever the plan says.
 */
export function guardRemovals<Copy extends PrunableCopy>(
  plan: RetentionPlan<Copy>,
  copies: readonly Copy[],
  facts: PruneFacts,
): GuardedRemovals<Copy> {
  const goodNewestFirst = copies
    .filter(({ isGood }) => isGood)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const unpinned = goodNewestFirst.filter((copy) => !copy.isPinned && !copy.isProtected);
  const newest = goodNewestFirst[0];
  const lastOnes = new Set(unpinned.slice(0, Math.max(1, facts.rules.keepLast ?? 0)));

  const holdOf = (copy: Copy): HoldCode | null => {
    if (!facts.isCatalogueTrusted) return "catalogue_untrusted";
    if (copy.isProtected) return "protected";
    if (copy.isPinned) return "pinned";
    if (!copy.isGood) return "not_good";
    if (copy === newest) return "newest_good";
    if (lastOnes.has(copy)) return "keeps_last";
    if (facts.waitsForPrimary && !copy.isGoodOnPrimary) return "not_on_primary";
    if (copy.isInUse) return "in_use";
    return copy.isListed ? null : "not_listed";
  };

  const judged = plan.remove.map((copy) => ({ copy, code: holdOf(copy) }));
  const held = judged.flatMap(({ copy, code }) => (code ? [{ copy, code, reason: holdReasons[code] }] : []));
  const remove = judged.filter(({ code }) => code === null).map(({ copy }) => copy);

  const question = questionFor(remove.length, goodNewestFirst.length, facts.confirmedRemovals);
  return { remove: question ? [] : remove, held, question };
}

function questionFor(
  removals: number,
  goodCopies: number,
  confirmed: number | null,
): GuardedRemovals<unknown>["question"] {
  const isMuch = goodCopies > alwaysRemovableUpTo && removals > goodCopies * removableRatio;
  if (!isMuch || (confirmed !== null && removals <= confirmed)) return null;
  return { removals, goodCopies, text: `${removals} of ${goodCopies} good copies would be removed at once` };
}

export type PruneEntry<Copy> = {
  copy: Copy;
  mark: "keep" | "remove" | "held" | "protected";
  /** "keep-weekly 3 of 8", "newest good copy", "no rule keeps it". */
  reason: string;
};

export type PrunePlan<Copy> = GuardedRemovals<Copy> & {
  /** One per copy, in the order they came: what a person is shown before anything goes. */
  entries: PruneEntry<Copy>[];
  rules: RetentionPlan<Copy>["rules"];
};

/**
 * The whole decision for one guest at one destination: the rules see good copies only (pinned ones as protected), the
 * guard has the last word. Changes nothing; the prune step and the simulator both call this.
 */
export function planPrune<Copy extends PrunableCopy>(
  copies: readonly Copy[],
  facts: PruneFacts,
  timeZone: string,
): PrunePlan<Copy> {
  const judged = copies
    .filter(({ isGood }) => isGood)
    .map((copy) => ({
      copy,
      createdAt: copy.createdAt,
      name: copy.name,
      isProtected: copy.isProtected === true || copy.isPinned,
    }));
  const ruled = planRetention(judged, facts.rules, timeZone);
  const plan: RetentionPlan<Copy> = {
    entries: ruled.entries.map((entry) => ({ ...entry, archive: entry.archive.copy })),
    keep: ruled.keep.map(({ copy }) => copy),
    remove: ruled.remove.map(({ copy }) => copy),
    rules: ruled.rules,
  };

  const guarded = guardRemovals(plan, copies, facts);
  const entryOf = new Map(plan.entries.map((entry) => [entry.archive, entry]));
  const holdOf = new Map(guarded.held.map((hold) => [hold.copy, hold]));
  const entries = copies.map((copy): PruneEntry<Copy> => {
    const entry = entryOf.get(copy);
    if (!entry) return { copy, mark: "held", reason: holdReasons.not_good };
    const hold = holdOf.get(copy);
    if (hold) return { copy, mark: "held", reason: hold.reason };
    if (copy.isPinned) return { copy, mark: "protected", reason: holdReasons.pinned };
    return { copy, mark: entry.mark === "renamed" ? "protected" : entry.mark, reason: entry.reason };
  });
  return { ...guarded, entries, rules: plan.rules };
}
