import { type Slot, slotLabel } from "./destination";
import { listed } from "./listed";
import type { PolicyDestination, PolicySettings } from "./policy";
import { keepsEverything, type RetentionRules } from "./retention";
import { describeSchedule } from "./schedule-words";

type DescribedPolicy = {
  schedule: string;
  timeZone: string;
  settings: Pick<PolicySettings, "selection" | "includeHostConfig" | "requiredProof">;
  destinations: readonly PolicyDestination[];
};

/**
 * A policy as a person would say it: "Every night at 02:00 (Europe/Berlin), back up 43 guests to Local and Primary. Keep
 * the last 2 on Local and the last 15 on Primary. …" Throws as parseSchedule does.
 */
export function describePolicy(policy: DescribedPolicy, guestCount: number): string {
  const slots = policy.destinations.map(({ slot }) => slotLabel[slot]);
  const guests = guestCount === 1 ? "1 guest" : `${guestCount} guests`;
  const hosts = policy.settings.includeHostConfig ? " and the host configuration" : "";
  return [
    `${describeSchedule(policy.schedule)} (${policy.timeZone}), back up ${guests}${hosts} to ${listed(slots)}.`,
    `Keep ${describeRetention(policy.destinations)}.`,
    proofWords[policy.settings.requiredProof],
  ].join(" ");
}

const proofWords = {
  P0: "A copy counts once it is there.",
  P1: "Check the size of every copy.",
  P2: "Check every copy by its hash.",
  P3: "Read every copy to its end.",
  P4: "Count a copy only once it was test-restored.",
} as const satisfies Record<PolicySettings["requiredProof"], string>;

/** "the last 2 on Local and the last 15 on each remote": destinations with the same rules are said together. */
function describeRetention(destinations: readonly PolicyDestination[]): string {
  const byRules = Map.groupBy(destinations, ({ retention }) => ruleWords(retention));
  return listed([...byRules].map(([words, group]) => `${words} on ${placeWords(group.map(({ slot }) => slot))}`));
}

function placeWords(slots: readonly Slot[]): string {
  const isEachRemote = slots.length > 1 && !slots.includes("local");
  return isEachRemote ? "each remote" : listed(slots.map((slot) => slotLabel[slot]));
}

function ruleWords(rules: RetentionRules): string {
  if (keepsEverything(rules)) return "everything";
  const parts = [
    [rules.keepLast, `the last ${rules.keepLast}`],
    [rules.keepHourly, `${rules.keepHourly} hourly`],
    [rules.keepDaily, `${rules.keepDaily} daily`],
    [rules.keepWeekly, `${rules.keepWeekly} weekly`],
    [rules.keepMonthly, `${rules.keepMonthly} monthly`],
    [rules.keepYearly, `${rules.keepYearly} yearly`],
  ] as const;
  return listed(parts.flatMap(([count, words]) => (count > 0 ? [words] : [])));
}
