import { z } from "zod";
import { type CopyState, isProofAtLeast, type Proof, type Slot, slots } from "./destination";

export const pipStateSchema = z.enum(["good", "pending", "copying", "old", "failed", "corrupt", "not_due"]);
export type PipState = z.infer<typeof pipStateSchema>;

/** What a policy asks of the guests it includes. */
export type ProtectingPolicy = {
  id: string;
  name: string;
  isEnabled: boolean;
  /** From targetOf; null for a policy whose schedule gives none. */
  targetMs: number | null;
  minCopies: number;
  requiredProof: Proof;
  slots: readonly Slot[];
  /** The next run by schedule that will really be. */
  nextRunAt?: Date | null;
};

/** A copy of a guest. Of each slot the newest, and the newest good one proven as far as is asked, are enough. */
export type KnownCopy = {
  slot: Slot;
  state: CopyState;
  proof: Proof | null;
  takenAt: Date;
  provedAt: Date | null;
  faultCause?: string | null;
};

/** What all policies in force ask of a guest together: of each thing the strictest. Null targets ask nothing. */
export type Demands = {
  policies: readonly ProtectingPolicy[];
  targetMs: number | null;
  minCopies: number;
  requiredProof: Proof;
};

/** How a guest stands at one slot, held against what its policies with that slot ask. */
export type Standing = {
  slot: Slot;
  /** Some policy in force copies there. */
  isDue: boolean;
  /** The strictest among the policies with this slot: a weekly copy elsewhere is not late because another is nightly. */
  targetMs: number | null;
  requiredProof: Proof;
  newest: KnownCopy | undefined;
  newestGood: { at: Date; proof: Proof | null } | undefined;
  /** It has a good copy within the slot's own target. */
  isCurrent: boolean;
  /** It has a good copy within the guest's target: what is counted for minCopies. */
  isCounted: boolean;
  pipState: PipState;
};

const usualProof: Proof = "P2";

export function demandsOf(policies: readonly ProtectingPolicy[]): Demands {
  const inForce = policies.filter((policy) => policy.isEnabled);
  return {
    policies: inForce,
    targetMs: strictestTarget(inForce),
    minCopies: Math.max(1, ...inForce.map((policy) => policy.minCopies)),
    requiredProof: strictestProof(inForce) ?? usualProof,
  };
}

type StandingFacts = { now: Date; firstSeenAt: Date; copies: readonly KnownCopy[]; demands: Demands };

/** The guest at each slot, in the order Local, Primary, Secondary, Tertiary. Copies that were removed are no copies. */
export function standingsOf({ now, firstSeenAt, copies, demands }: StandingFacts): Standing[] {
  return slots.map((slot) => {
    const policies = demands.policies.filter((policy) => policy.slots.includes(slot));
    const isDue = policies.length > 0;
    const targetMs = strictestTarget(policies) ?? demands.targetMs;
    const requiredProof = strictestProof(policies) ?? demands.requiredProof;
    const present = copies
      .filter((copy) => copy.slot === slot && copy.state !== "removed")
      .toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime() || Number(isGood(b)) - Number(isGood(a)));
    const good = present.filter((copy) => isGood(copy) && isProofAtLeast(copy.proof, requiredProof));
    const [newestGood] = good
      .map((copy) => ({ at: provenTime(copy), proof: copy.proof }))
      .toSorted((a, b) => b.at.getTime() - a.at.getTime());

    const isWithin = (limitMs: number | null) =>
      newestGood !== undefined && limitMs !== null && now.getTime() - newestGood.at.getTime() <= limitMs;
    const isYoung = targetMs === null || now.getTime() - firstSeenAt.getTime() <= targetMs;
    const [newest] = present;
    const isCurrent = isWithin(targetMs);
    const standing = { slot, isDue, targetMs, requiredProof, newest, newestGood, isCurrent };
    return { ...standing, isCounted: isWithin(demands.targetMs), pipState: pipStateOf(standing, isYoung) };
  });
}

function pipStateOf(
  { isDue, targetMs, requiredProof, newest, newestGood, isCurrent }: Omit<Standing, "pipState" | "isCounted">,
  isYoung: boolean,
): PipState {
  const isFine = isCurrent || (targetMs === null && newestGood !== undefined);
  if (!isDue) return isFine ? "good" : "not_due";
  if (!newest) return isYoung ? "not_due" : "old";
  switch (newest.state) {
    case "good":
      if (!isProofAtLeast(newest.proof, requiredProof)) return "pending";
      return isFine ? "good" : "old";
    case "missing":
    case "removed":
      return "failed";
    default:
      return newest.state;
  }
}

const isGood = (copy: KnownCopy) => copy.state === "good";

/** A copy is no younger than its proof, whatever a node's clock that ran ahead wrote into the archive's name. */
function provenTime({ takenAt, provedAt }: KnownCopy): Date {
  return provedAt !== null && provedAt < takenAt ? provedAt : takenAt;
}

function strictestTarget(policies: readonly ProtectingPolicy[]): number | null {
  const targets = policies.map(({ targetMs }) => targetMs).filter((targetMs) => targetMs !== null);
  return targets.length > 0 ? Math.min(...targets) : null;
}

function strictestProof(policies: readonly ProtectingPolicy[]): Proof | undefined {
  return policies.map(({ requiredProof }) => requiredProof).toSorted((a, b) => (isProofAtLeast(a, b) ? -1 : 1))[0];
}
