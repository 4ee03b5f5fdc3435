import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ago, factsOf, hourMs, now } from "@/lib/testing/protection-facts";
import { copyStateSchema, proofSchema, slots } from "./destination";
import { judgeProtection, type ProtectionFacts } from "./protection";
import { type KnownCopy, type ProtectingPolicy, pipStateSchema } from "./standing";

/** Mostly what estates look like, or hardly any guest of these laws would be green. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, any: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: any });

const anyCopy: fc.Arbitrary<KnownCopy> = fc
  .record({
    slot: fc.constantFrom(...slots),
    state: mostly(fc.constant("good" as const), fc.constantFrom(...copyStateSchema.options)),
    proof: mostly(fc.constantFrom("P2" as const, "P3" as const), fc.option(fc.constantFrom(...proofSchema.options))),
    ageMinutes: mostly(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: -600, max: 20_000 })),
    provedAfterMinutes: fc.option(fc.integer({ min: -100, max: 600 })),
  })
  .map(({ ageMinutes, provedAfterMinutes, ...copy }) => ({
    ...copy,
    takenAt: ago(`${ageMinutes}m`),
    provedAt: provedAfterMinutes === null ? null : ago(`${ageMinutes - provedAfterMinutes}m`),
  }));
const anyPolicy: fc.Arbitrary<ProtectingPolicy> = fc.record({
  id: fc.constant("p"),
  name: fc.constant("Nightly"),
  isEnabled: mostly(fc.constant(true), fc.constant(false)),
  targetMs: mostly(
    fc.integer({ min: 20 * hourMs, max: 300 * hourMs }),
    fc.option(fc.integer({ min: 60_000, max: 30 * hourMs })),
  ),
  minCopies: mostly(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 4 })),
  requiredProof: mostly(fc.constant("P2" as const), fc.constantFrom(...proofSchema.options)),
  slots: fc.subarray([...slots], { minLength: 1 }),
});
const anyFacts: fc.Arbitrary<ProtectionFacts> = fc
  .record({
    copies: fc.array(anyCopy, { maxLength: 12 }),
    policies: fc.array(anyPolicy, { maxLength: 3 }),
    ageHours: fc.integer({ min: 0, max: 500 }),
    isLocked: fc.boolean(),
  })
  .map(({ copies, policies, ageHours, isLocked }) => ({
    ...factsOf({ policies, guest: { firstSeenAt: ago(`${ageHours}h`) } }),
    copies,
    lock: isLocked ? { kind: "backup", upid: null } : null,
  }));

const isGreen = (state: string) => state === "protected" || state === "reduced";
const worstLast = ["protected", "reduced", "at_risk", "unprotected"];
const ageOf = (copy: KnownCopy) =>
  now.getTime() - Math.min(copy.takenAt.getTime(), copy.provedAt?.getTime() ?? Infinity);

describe("whatever the facts", () => {
  it("is green only with a good off-site copy in time, and as many copies as asked", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { state, targetSeconds } = judgeProtection(facts);
        fc.pre(isGreen(state));

        const inTime = facts.copies.filter(
          (copy) => copy.state === "good" && copy.proof !== null && ageOf(copy) <= (targetSeconds ?? 0) * 1000,
        );
        const places = new Set(inTime.map(({ slot }) => slot));
        const asked = facts.policies.filter(({ isEnabled }) => isEnabled).map(({ minCopies }) => minCopies);
        expect(places.size).toBeGreaterThanOrEqual(Math.max(...asked));
        expect([...places].some((slot) => slot !== "local")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("shows no pip as good that is older than what its policies allow", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { pips } = judgeProtection(facts);

        for (const pip of pips.filter((candidate) => candidate.state === "good")) {
          const limits = facts.policies
            .filter(({ isEnabled, slots: places }) => isEnabled && places.includes(pip.slot))
            .map(({ targetMs }) => targetMs ?? Number.POSITIVE_INFINITY);
          expect(now.getTime() - (pip.at?.getTime() ?? Number.NaN)).toBeLessThanOrEqual(Math.min(Infinity, ...limits));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never gets worse by one more good copy", () => {
    fc.assert(
      fc.property(anyFacts, anyCopy, (facts, copy) => {
        const before = judgeProtection(facts);
        const more = [...facts.copies, { ...copy, state: "good" as const, proof: "P4" as const }];

        const after = judgeProtection({ ...facts, copies: more });

        expect(worstLast.indexOf(after.state)).toBeLessThanOrEqual(worstLast.indexOf(before.state));
      }),
      { numRuns: 500 },
    );
  });

  it("says why, in four pips and one line, the same for copies in any order", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const verdict = judgeProtection(facts);

        expect(verdict.reasonText).toMatch(/^[A-Z0-9][^\n]*[^.\s]$/);
        expect(verdict.reasonText).not.toMatch(/undefined|null|NaN|Infinity/);
        expect(verdict.pips.map(({ slot }) => slot)).toEqual(slots);
        expect(verdict.pips.every(({ state }) => pipStateSchema.options.includes(state))).toBe(true);
        expect(judgeProtection({ ...facts, copies: facts.copies.toReversed() })).toMatchObject({
          state: verdict.state,
          lastGoodAt: verdict.lastGoodAt,
        });
      }),
    );
  });

  it("is archived or excluded before anything else", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const excluded = { ...facts.guest, exclusion: { reason: "lab", until: null } };

        expect(judgeProtection({ ...facts, guest: excluded })).toMatchObject({
          state: "excluded",
          targetSeconds: null,
        });
        expect(judgeProtection({ ...facts, guest: { ...excluded, archivedAt: now } }).state).toBe("archived");
      }),
    );
  });
});
