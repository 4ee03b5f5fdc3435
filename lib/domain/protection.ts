import { z } from "zod";
import type { Proof, Slot } from "./destination";
import type { PolicySettings } from "./policy";
import {
  deletionReason,
  exclusionReason,
  lockReason,
  newcomerReason,
  noOffSiteReason,
  plainReason,
  type Reason,
  type ReasonCode,
  tooFewReason,
  tooOldReason,
  troubleReason,
} from "./protection-reasons";
import { type Schedule, scheduleIntervalMs } from "./schedule";
import {
  demandsOf,
  type KnownCopy,
  type PipState,
  type ProtectingPolicy,
  type Standing,
  standingsOf,
} from "./standing";
import { formatSpan } from "./units";

export const protectionStateSchema = z.enum(["protected", "reduced", "at_risk", "unprotected", "excluded", "archived"]);
export type ProtectionState = z.infer<typeof protectionStateSchema>;

/** All that a guest's protection is judged by. */
export type ProtectionFacts = {
  now: Date;
  /** The zone in which days are named. */
  timeZone: string;
  guest: {
    firstSeenAt: Date;
    /** When it was seen to be gone from Proxmox. */
    archivedAt: Date | null;
    exclusion: { reason: string; by?: string | null; until: Date | null } | null;
    /** Copies still there of a guest that is gone. */
    keptCopyCount?: number;
  };
  /** Every policy that includes the guest, those switched off as well. */
  policies: readonly ProtectingPolicy[];
  copies: readonly KnownCopy[];
  /** Given when the newest attempt skipped the guest because of its lock. */
  lock?: { kind: string; upid: string | null } | null;
};

export type ProtectionPip = {
  slot: Slot;
  /** Of the newest copy there. */
  state: PipState;
  /** When the newest good copy there was taken; null without one. */
  at: Date | null;
  proof: Proof | null;
};

export type Protection = {
  state: ProtectionState;
  reasonCode: ReasonCode;
  reasonText: string;
  /** The slots the reason is about, and the first failure recorded there. */
  reasonSlots: Slot[];
  faultCause: string | null;
  /** Null where nothing is asked: archived, excluded, in no policy. */
  targetSeconds: number | null;
  lastGoodAt: Date | null;
  /** Local, Primary, Secondary, Tertiary. */
  pips: ProtectionPip[];
};

const newcomerMs = 24 * 3_600_000;

/**
 * Whether a guest can be restored as its policies ask, and why not. Protected is a guest with enough good copies within
 * its target, at least one of them off-site; a good copy is proven as far as the policy with its slot asks. In several
 * policies the strictest target and number of copies count, while each slot is held against the policies that use it.
 */
export function judgeProtection(facts: ProtectionFacts): Protection {
  const { now, guest } = facts;
  const isExcluded = guest.exclusion !== null && (guest.exclusion.until === null || guest.exclusion.until > now);
  const demands = demandsOf(guest.archivedAt || isExcluded ? [] : facts.policies);
  const standings = standingsOf({ now, firstSeenAt: guest.firstSeenAt, copies: facts.copies, demands });
  const goodTimes = standings.flatMap(({ newestGood }) => (newestGood ? [newestGood.at.getTime()] : []));
  const lastGoodAt = goodTimes.length > 0 ? new Date(Math.max(...goodTimes)) : null;

  const { state, reason } = verdictOf(facts, { demands, standings, lastGoodAt, isExcluded });
  return {
    state,
    reasonCode: reason.code,
    reasonText: reason.text,
    reasonSlots: reason.slots,
    faultCause: reason.faultCause,
    targetSeconds: demands.targetMs === null ? null : demands.targetMs / 1000,
    lastGoodAt,
    pips: standings.map(({ slot, pipState, newestGood }) => ({
      slot,
      state: pipState,
      at: newestGood?.at ?? null,
      proof: newestGood?.proof ?? null,
    })),
  };
}

type Judged = {
  demands: ReturnType<typeof demandsOf>;
  standings: readonly Standing[];
  lastGoodAt: Date | null;
  isExcluded: boolean;
};
type Verdict = { state: ProtectionState; reason: Reason };

function verdictOf(facts: ProtectionFacts, judged: Judged): Verdict {
  const { guest } = facts;
  if (guest.archivedAt) {
    return { state: "archived", reason: deletionReason(guest.archivedAt, guest.keptCopyCount, facts) };
  }
  if (judged.isExcluded && guest.exclusion) {
    return { state: "excluded", reason: exclusionReason(guest.exclusion, facts) };
  }
  if (judged.demands.policies.length === 0) return { state: "unprotected", reason: noPolicyReason(facts) };
  if (!judged.lastGoodAt) return { state: "unprotected", reason: noGoodCopyReason(facts, judged) };
  return verdictByCopies(facts, judged, judged.lastGoodAt);
}

const isNewcomer = ({ now, guest, copies }: ProtectionFacts) =>
  copies.every(({ state }) => state === "removed") && now.getTime() - guest.firstSeenAt.getTime() < newcomerMs;

function noPolicyReason(facts: ProtectionFacts): Reason {
  const names = facts.policies.map(({ name }) => name);
  if (names.length > 0) {
    const off = names.length === 1 ? `${names[0]} is switched off` : "All policies with this guest are switched off";
    return plainReason("policy_off", off);
  }
  if (isNewcomer(facts)) return plainReason("new_in_no_policy", "New, in no policy");
  return plainReason("no_policy", "No policy includes this guest");
}

function noGoodCopyReason(facts: ProtectionFacts, { demands, standings }: Judged): Reason {
  if (facts.lock) return lockReason(facts.lock);
  if (isNewcomer(facts)) return newcomerReason(demands, facts);
  const trouble = troubleReason(
    standings.filter(({ newest }) => newest !== undefined),
    facts.now,
  );
  if (!trouble) return plainReason("no_good_copy", "No good copy anywhere");
  const detail = `${trouble.text.charAt(0).toLowerCase()}${trouble.text.slice(1)}`;
  return { ...trouble, code: "no_good_copy", text: `No good copy anywhere, ${detail}` };
}

function verdictByCopies(facts: ProtectionFacts, { demands, standings }: Judged, lastGoodAt: Date): Verdict {
  const { now } = facts;
  const { targetMs } = demands;
  const counted = standings.filter(({ isCounted }) => isCounted);
  const isOffSite = counted.some(({ slot }) => slot !== "local");
  const due = standings.filter(({ isDue }) => isDue);
  const lacking = due.filter(({ isCurrent }) => !isCurrent);

  if (targetMs === null) return { state: "at_risk", reason: noTargetReason(demands.policies) };
  if (counted.length === 0) {
    const reason = facts.lock ? lockReason(facts.lock) : tooOldReason(lastGoodAt, targetMs, now);
    return { state: "at_risk", reason };
  }
  const limits = { ...demands, targetMs };
  if (!isOffSite) {
    const elsewhere = lacking.filter(({ slot }) => slot !== "local");
    return { state: "at_risk", reason: troubleReason(elsewhere, now) ?? noOffSiteReason(limits) };
  }
  if (counted.length < demands.minCopies) {
    return { state: "at_risk", reason: troubleReason(lacking, now) ?? tooFewReason(counted.length, limits) };
  }

  const lackingReason = troubleReason(lacking, now);
  if (lackingReason) return { state: "reduced", reason: lackingReason };
  const bad = due.filter(({ pipState }) => pipState === "corrupt" || pipState === "failed");
  return { state: "protected", reason: troubleReason(bad, now) ?? enoughReason(due) };
}

function enoughReason(due: readonly Standing[]): Reason {
  const targets = new Set(due.map(({ targetMs }) => targetMs));
  const [targetMs] = targets;
  const within = targets.size === 1 && typeof targetMs === "number" ? formatSpan(targetMs) : "target";
  return plainReason("enough_copies", `${due.length} good ${due.length === 1 ? "copy" : "copies"} within ${within}`);
}

function noTargetReason(policies: readonly ProtectingPolicy[]): Reason {
  const [policy] = policies;
  const whose = policies.length === 1 ? `${policy?.name} has` : "The policies of this guest have";
  return plainReason("no_target", `${whose} no regular schedule to hold copies against`);
}

/**
 * How old the newest good copy may be, in milliseconds: what the policy says, else the longest wait of its schedule and
 * a quarter of it, at least 2 h; 30 h for a nightly one. Null when neither is there. `from` is where the schedule's
 * events are looked at.
 */
export function targetOf(
  { targetMinutes }: Pick<PolicySettings, "targetMinutes">,
  schedule: Schedule | string,
  from: Date,
): number | null {
  if (targetMinutes !== null) return targetMinutes * 60_000;
  const intervalMs = scheduleIntervalMs(schedule, from);
  return intervalMs === null ? null : intervalMs + Math.max(2 * 3_600_000, intervalMs / 4);
}
