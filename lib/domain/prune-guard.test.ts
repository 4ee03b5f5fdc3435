import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardRemovals, type PrunableCopy, type PruneFacts, planPrune } from "./prune-guard";
import type { RetentionPlan } from "./retention";

const dayMs = 86_400_000;
const copyOfDay = (day: number, facts: Partial<PrunableCopy> = {}): PrunableCopy => ({
  createdAt: new Date(Date.UTC(2026, 2, 1, 2) + day * dayMs),
  isGood: true,
  isPinned: false,
  isGoodOnPrimary: true,
  isInUse: false,
  isListed: true,
  ...facts,
});
const days = (count: number, facts?: Partial<PrunableCopy>) =>
  Array.from({ length: count }, (_, day) => copyOfDay(day, facts));
const remote: PruneFacts = {
  rules: { keepLast: 2 },
  isCatalogueTrusted: true,
  waitsForPrimary: false,
  confirmedRemovals: null,
};
const local: PruneFacts = { ...remote, waitsForPrimary: true };
/** The worst plan there is: remove all of it. */
const planAgainst = (copies: PrunableCopy[]): RetentionPlan<PrunableCopy> => ({
  entries: [],
  keep: [],
  remove: copies,
  rules: [],
});

describe("planPrune", () => {
  it("removes one of sixteen when fifteen are kept, without asking", () => {
    const copies = days(16);

    const plan = planPrune(copies, { ...remote, rules: { keepLast: 15 } }, "UTC");

    expect(plan.remove).toEqual([copies[0]]);
    expect(plan.question).toBeNull();
  });

  it("never counts a copy that is not good as kept, and leaves it where it is", () => {
    const copies = [copyOfDay(1), copyOfDay(2), copyOfDay(3, { isGood: false }), copyOfDay(4, { isGood: false })];

    const plan = planPrune(copies, { ...remote, rules: { keepLast: 1 } }, "UTC");

    expect(plan.entries.map(({ mark, reason }) => `${mark}: ${reason}`)).toEqual([
      "remove: no rule keeps it",
      "keep: keep-last 1 of 1",
      "held: not proven yet",
      "held: not proven yet",
    ]);
  });

  it("neither removes nor counts a pinned copy", () => {
    const copies = [copyOfDay(1, { isPinned: true }), copyOfDay(2), copyOfDay(3)];

    const plan = planPrune(copies, { ...remote, rules: { keepLast: 1 } }, "UTC");

    expect(plan.entries.map(({ mark, reason }) => `${mark}: ${reason}`)).toEqual([
      "protected: pinned",
      "remove: no rule keeps it",
      "keep: keep-last 1 of 1",
    ]);
  });

  it("keeps local archives until they are good on the primary, however many pile up", () => {
    const copies = days(6, { isGoodOnPrimary: false });

    const plan = planPrune(copies, local, "UTC");

    expect(plan.remove).toEqual([]);
    expect(plan.held.map(({ code }) => code)).toEqual(Array(4).fill("not_on_primary"));
    expect(planPrune(copies, remote, "UTC").held).toEqual([]);
  });

  it("removes local archives as soon as the primary has them", () => {
    const copies = [copyOfDay(1), copyOfDay(2, { isGoodOnPrimary: false }), copyOfDay(3), copyOfDay(4)];

    expect(planPrune(copies, local, "UTC").remove).toEqual([copies[0]]);
  });

  it("shows a file that is not named as an archive, and never touches it", () => {
    const copies = [copyOfDay(1, { name: "vzdump-lxc-101-before-upgrade.tar.zst" }), copyOfDay(2), copyOfDay(3)];

    const plan = planPrune(copies, remote, "UTC");

    expect(plan.remove).toEqual([]);
    expect(plan.entries[0]).toMatchObject({ mark: "protected", reason: "its name is not standard" });
  });

  it("says what each rule kept", () => {
    expect(planPrune(days(4), { ...remote, rules: { keepLast: 2, keepDaily: 1 } }, "UTC").rules).toEqual([
      { rule: "keepLast", label: "keep-last", wanted: 2, kept: 2 },
      { rule: "keepDaily", label: "keep-daily", wanted: 1, kept: 1 },
    ]);
  });
});

describe("the share rule", () => {
  it("asks before more than half of a guest's copies go at once", () => {
    const plan = planPrune(days(15), remote, "UTC");

    expect(plan.remove).toEqual([]);
    expect(plan.question).toEqual({
      removals: 13,
      goodCopies: 15,
      text: "13 of 15 good copies would be removed at once",
    });
    expect(plan.entries.filter(({ mark }) => mark === "remove")).toHaveLength(13);
  });

  it("lets go what a person confirmed, but not one more", () => {
    expect(planPrune(days(15), { ...remote, confirmedRemovals: 13 }, "UTC").remove).toHaveLength(13);
    expect(planPrune(days(16), { ...remote, confirmedRemovals: 13 }, "UTC").remove).toEqual([]);
  });

  it("leaves few copies to the rules, and half of many", () => {
    expect(planPrune(days(5), { ...remote, rules: { keepLast: 1 } }, "UTC").remove).toHaveLength(4);
    expect(planPrune(days(6), { ...remote, rules: { keepLast: 2 } }, "UTC").question).not.toBeNull();
    expect(planPrune(days(8), { ...remote, rules: { keepLast: 4 } }, "UTC").remove).toHaveLength(4);
  });

  it("counts only good copies, so that failed ones cannot make a large removal look small", () => {
    const copies = [...days(8), ...days(20, { isGood: false })];

    expect(planPrune(copies, remote, "UTC").question).toMatchObject({ removals: 6, goodCopies: 8 });
  });
});

describe("guardRemovals against a plan that removes everything", () => {
  it.each([
    ["catalogue_untrusted", {}, { isCatalogueTrusted: false }],
    ["protected", { isProtected: true }, {}],
    ["pinned", { isPinned: true }, {}],
    ["not_good", { isGood: false }, {}],
    ["not_on_primary", { isGoodOnPrimary: false }, { waitsForPrimary: true }],
    ["in_use", { isInUse: true }, {}],
    ["not_listed", { isListed: false }, {}],
  ] as const)("holds the oldest copy: %s", (code, copyFacts, pruneFacts) => {
    const copies = [copyOfDay(0, copyFacts), copyOfDay(1), copyOfDay(2), copyOfDay(3)];

    const guarded = guardRemovals(planAgainst(copies), copies, { ...remote, ...pruneFacts });

    expect(guarded.held.find(({ copy }) => copy === copies[0])?.code).toBe(code);
    expect(guarded.remove).not.toContain(copies[0]);
  });

  it("holds the newest good copy and those keep-last asks for", () => {
    const copies = days(4);

    const guarded = guardRemovals(planAgainst(copies), copies, { ...remote, rules: { keepLast: 3 } });

    expect(guarded.remove).toEqual([copies[0]]);
    expect(guarded.held.map(({ code }) => code)).toEqual(["keeps_last", "keeps_last", "newest_good"]);
  });

  const someCopies = fc.array(
    fc.record({
      createdAt: fc.integer({ min: 0, max: 400 }).map((day) => new Date(day * dayMs)),
      isGood: fc.boolean(),
      isPinned: fc.boolean(),
      isProtected: fc.boolean(),
      isGoodOnPrimary: fc.boolean(),
      isInUse: fc.boolean(),
      isListed: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  const someFacts = fc.record({
    rules: fc.record({ keepLast: fc.integer({ min: 0, max: 8 }), keepDaily: fc.integer({ min: 0, max: 3 }) }),
    isCatalogueTrusted: fc.boolean(),
    waitsForPrimary: fc.boolean(),
    confirmedRemovals: fc.option(fc.integer({ min: 0, max: 40 }), { nil: null }),
  });
  const isGood = (copy: PrunableCopy) => copy.isGood;

  it.each([
    [
      "the worst plan",
      (copies: PrunableCopy[], facts: PruneFacts) => guardRemovals(planAgainst(copies), copies, facts),
    ],
    ["its own plan", (copies: PrunableCopy[], facts: PruneFacts) => planPrune(copies, facts, "Europe/Berlin")],
  ])("keeps every promise over any copies, with %s", (_, prune) => {
    fc.assert(
      fc.property(someCopies, someFacts, (copies, facts) => {
        const { remove, held } = prune(copies, facts);
        const good = copies.filter(isGood);
        const staying = copies.filter((copy) => !remove.includes(copy));
        const newestMs = Math.max(...good.map(({ createdAt }) => createdAt.getTime()));

        expect(good.length === 0 || staying.some((copy) => copy.isGood && copy.createdAt.getTime() === newestMs)).toBe(
          true,
        );
        expect(staying.filter(isGood).length).toBeGreaterThanOrEqual(Math.min(facts.rules.keepLast, good.length));
        expect(remove.every((copy) => copy.isGood && copy.isListed && !copy.isInUse)).toBe(true);
        expect(remove.some((copy) => copy.isPinned || copy.isProtected)).toBe(false);
        expect(facts.waitsForPrimary && remove.some((copy) => !copy.isGoodOnPrimary)).toBe(false);
        expect(facts.isCatalogueTrusted || remove.length === 0).toBe(true);
        expect(remove.some((copy) => held.some((hold) => hold.copy === copy))).toBe(false);
        const isMuch = good.length > 5 && remove.length > good.length / 2;
        expect(!isMuch || remove.length <= (facts.confirmedRemovals ?? 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
