import type { Attention } from "@/lib/contracts/overview";
import type { PolicyView } from "@/lib/contracts/policies";
import type { GuestWithNode } from "@/lib/db/read-guests";
import { type Slot, slotLabel } from "@/lib/domain/destination";
import { guestLabel } from "@/lib/domain/guest";
import type { ProtectionState } from "@/lib/domain/protection";
import type { ReasonCode } from "@/lib/domain/protection-reasons";
import { toPips } from "./list-guests";
import type { GuestProtection } from "./protect-guests";

export type JudgedGuest = { guest: GuestWithNode; protection: GuestProtection };

type Means = {
  /** By guest: its newest run, where that is over and something of the guest failed in it. */
  failedRuns: ReadonlyMap<string, string>;
  policies: readonly Pick<PolicyView, "id" | "isEnabled">[];
};

/** What is said of several guests with the same reason; null for what mends itself. */
const groupWords = {
  enough_copies: null,
  copy_pending: null,
  copy_running: null,
  excluded: null,
  deleted: null,
  copy_corrupt: (places) => `have a corrupt copy on ${places}`,
  copy_failed: (places) => `could not be copied to ${places}`,
  copy_missing: (places) => `miss their copy on ${places}`,
  copy_unproven: (places) => `have copies on ${places} that are not proven`,
  copy_old: (places) => `have no copy within target on ${places}`,
  copy_absent: (places) => `have no copy on ${places}`,
  too_old: () => "have no good copy within target",
  too_few: () => "have too few good copies",
  no_off_site: () => "have no good copy off-site",
  no_target: () => "have no schedule to hold their copies against",
  guest_locked: () => "were locked",
  no_good_copy: () => "have no good copy anywhere",
  no_policy: () => "are in no policy",
  policy_off: () => "are only in policies that are switched off",
  new_in_policy: () => "are new and wait for their first run",
  new_in_no_policy: () => "are new and in no policy",
} as const satisfies Record<ReasonCode, null | ((places: string) => string)>;

const stateOrder: readonly ProtectionState[] = ["unprotected", "at_risk", "reduced"];
const newcomers: readonly ReasonCode[] = ["new_in_policy", "new_in_no_policy"];

/** Guests that are not protected as asked, those with one reason together, the least protected and largest groups first. */
export function guestAttention(judged: readonly JudgedGuest[], means: Means): Attention[] {
  const groups = Map.groupBy(
    judged.filter(({ protection }) => needsSomebody(protection)),
    ({ protection }) => [protection.state, protection.reasonCode, ...protection.reasonSlots].join(" "),
  );
  return [...groups.values()]
    .toSorted((a, b) => rankOf(a) - rankOf(b) || b.length - a.length)
    .flatMap((group) => describeGroup(group, means));
}

function needsSomebody({ state, reasonCode }: GuestProtection): boolean {
  return stateOrder.includes(state) && groupWords[reasonCode] !== null;
}

const rankOf = ([first]: readonly JudgedGuest[]) => (first ? stateOrder.indexOf(first.protection.state) : -1);

function describeGroup(group: readonly JudgedGuest[], means: Means): Attention[] {
  const [first] = group;
  if (!first) return [];
  const { guest, protection } = first;
  const isOne = group.length === 1;
  const words = groupWords[protection.reasonCode]?.(placesOf(protection.reasonSlots)) ?? "need attention";
  const isHarmless = protection.state === "reduced" || newcomers.includes(protection.reasonCode);
  return [
    {
      severity: isHarmless ? "warn" : "fail",
      objectType: "guest",
      objectId: guest.id,
      title: isOne ? guestLabel(guest) : `${group.length} guests ${words}`,
      detail: [isOne ? `${protection.reasonText}.` : namesOf(group), protection.faultCause].filter(Boolean).join(" "),
      pips: isOne ? toPips(protection) : null,
      action: actionFor(group, means),
    },
  ];
}

function actionFor(group: readonly JudgedGuest[], { failedRuns, policies }: Means): Attention["action"] {
  const reasonCode = group[0]?.protection.reasonCode;
  if (reasonCode === "no_policy" || reasonCode === "new_in_no_policy" || reasonCode === "policy_off") {
    return { kind: "link", label: "Add to a policy", href: "/policies" };
  }
  const runIds = new Set(group.map(({ guest }) => failedRuns.get(guest.id)));
  const [runId] = runIds;
  if (runIds.size === 1 && runId !== undefined) return { kind: "retry_run", label: "Retry failed", runId };
  const policyId = group[0]?.protection.policyIds.find((id) =>
    policies.some((policy) => policy.id === id && policy.isEnabled),
  );
  if (policyId === undefined) return null;
  const inPolicy = group.filter(({ protection }) => protection.policyIds.includes(policyId));
  return { kind: "start_run", label: "Back up now", policyId, guestIds: inPolicy.map(({ guest }) => guest.id) };
}

const placesOf = (slots: readonly Slot[]) => slots.map((slot) => slotLabel[slot]).join(" and ");

const named = 3;

function namesOf(group: readonly JudgedGuest[]): string {
  const names = group.slice(0, named).map(({ guest }) => guestLabel(guest));
  const more = group.length > named ? ` and ${group.length - named} more` : "";
  return `${names.join(", ")}${more}.`;
}
