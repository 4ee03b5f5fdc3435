import { copiesInSlot, type RetainedCopy } from "@/lib/db/read-copies";
import { isProofAtLeast, type Proof, type Slot } from "@/lib/domain/destination";
import { type PrunableCopy, type PrunePlan, planPrune } from "@/lib/domain/prune-guard";
import type { RetentionRules } from "@/lib/domain/retention";

export type SimulatedCopy = PrunableCopy & RetainedCopy;

type Simulation = {
  slot: Slot;
  guestIds: readonly string[];
  rules: RetentionRules;
  timeZone: string;
  requiredProof: Proof;
  /** Whether the policy copies to a primary: then local archives wait for it. */
  hasPrimary: boolean;
};

/** What rules would do to each guest's copies in a slot, by the function the prune step uses. Changes nothing. */
export async function simulatePrune(simulation: Simulation): Promise<Map<string, PrunePlan<SimulatedCopy>>> {
  const { slot, guestIds, rules, timeZone, requiredProof, hasPrimary } = simulation;
  const copies = await copiesInSlot(slot, guestIds);
  const plans = new Map<string, PrunePlan<SimulatedCopy>>();
  for (const [guestId, ofGuest] of Map.groupBy(copies, (copy) => copy.guestId)) {
    const candidates = ofGuest.map(
      (copy): SimulatedCopy => ({
        ...copy,
        createdAt: copy.takenAt,
        isGood: copy.state === "good" && isProofAtLeast(copy.proof, requiredProof),
        isInUse: false,
        isListed: true,
      }),
    );
    const facts = {
      rules,
      isCatalogueTrusted: true,
      waitsForPrimary: slot === "local" && hasPrimary,
      // The share rule asks a person before it removes much: this is where the person is asked.
      confirmedRemovals: candidates.length,
    };
    plans.set(guestId, planPrune(candidates, facts, timeZone));
  }
  return plans;
}
