import { formatCount } from "@/lib/client/format-size";
import type { PolicyBodyInput } from "@/lib/contracts/policies";
import { type Slot, slotLabel } from "@/lib/domain/destination";

type SentenceFacts = {
  /** "Every night at 02:00"; null while the schedule cannot be read. */
  scheduleWords: string | null;
  guestCount: number | null;
  nodeCount: number | null;
};

/** What a policy does, as one would say it, while it is typed. */
export function policySentence(body: PolicyBodyInput, facts: SentenceFacts): string {
  const when = facts.scheduleWords ?? "At a time not understood yet";
  const guests = facts.guestCount === null ? "the guests" : formatCount(facts.guestCount, "guest");
  const nodes = facts.nodeCount === null ? "" : ` on ${formatCount(facts.nodeCount, "node")}`;
  const host = (body.settings.includeHostConfig ?? true) ? " and each node's configuration" : "";
  const places = listed(body.destinations.map(({ slot }) => slotLabel[slot]));
  return [
    `${when} (${body.timeZone}), back up ${guests}${nodes}${host} to ${places || "nowhere yet"}.`,
    keepWords(body.destinations),
    proofWords[body.settings.requiredProof ?? "P2"],
  ]
    .filter(Boolean)
    .join(" ");
}

type Destinations = PolicyBodyInput["destinations"];

function keepWords(destinations: Destinations): string {
  const byRule = Map.groupBy(destinations, ({ retention }) => ruleWords(retention));
  const parts = [...byRule].map(([rule, group]) => `${rule} on ${placeWords(group.map(({ slot }) => slot))}`);
  return parts.length === 0 ? "" : `Keep ${listed(parts)}.`;
}

function placeWords(slots: Slot[]): string {
  const remotes = slots.filter((slot) => slot !== "local");
  if (remotes.length > 1 && remotes.length === slots.length) return "each remote";
  return listed(slots.map((slot) => slotLabel[slot]));
}

const periods = [
  ["keepHourly", "hourly"],
  ["keepDaily", "daily"],
  ["keepWeekly", "weekly"],
  ["keepMonthly", "monthly"],
  ["keepYearly", "yearly"],
] as const;

function ruleWords(rules: Destinations[number]["retention"]): string {
  const last = rules.keepLast ?? 0;
  const others = periods.flatMap(([name, word]) => ((rules[name] ?? 0) > 0 ? [`${rules[name]} ${word}`] : []));
  if (rules.keepAll || (last === 0 && others.length === 0)) return "everything";
  if (others.length === 0) return Number.isNaN(last) ? "some" : String(last);
  return [...(last > 0 ? [`the last ${last}`] : []), ...others].join(", ");
}

const proofWords = {
  P0: "Only look whether each copy is there.",
  P1: "Compare the size of every copy.",
  P2: "Check every copy.",
  P3: "Read every copy to its end.",
  P4: "Count only copies that booted.",
} as const;

/** "a", "a and b", "a, b and c" */
function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
