import type { Tone } from "@/components/ui/tone";
import type { Overview } from "@/lib/contracts/overview";

export type VerdictWords = {
  /** Guests with enough good copies, of those that should have them; null when there is nothing to count. */
  count: { good: number; total: number } | null;
  sentence: string;
  chips: { tone: Tone; shape: "alert" | "octagon"; text: string }[];
};

/** The one answer of the product, from the server's counts. Excluded and archived guests are asked of nobody. */
export function verdictOf(counts: Overview["guestCounts"]): VerdictWords {
  const good = counts.protected + counts.reduced;
  const total = good + counts.at_risk + counts.unprotected;
  if (total === 0) return { count: null, sentence: "No guests yet", chips: [] };
  if (good === 0 && counts.at_risk === 0) return { count: null, sentence: "No guest is protected yet", chips: [] };
  return {
    count: { good, total },
    sentence: `${total === 1 ? "guest" : "guests"} protected`,
    chips: [
      ...(counts.unprotected > 0
        ? [{ tone: "bad" as const, shape: "octagon" as const, text: `${counts.unprotected} unprotected` }]
        : []),
      ...(counts.at_risk > 0
        ? [{ tone: "warning" as const, shape: "alert" as const, text: `${counts.at_risk} at risk` }]
        : []),
    ],
  };
}
