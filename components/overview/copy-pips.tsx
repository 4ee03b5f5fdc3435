import { Pips, type Pip as UiPip } from "@/components/ui/pips";
import type { Pip } from "@/lib/contracts/guests";
import { slotLabel } from "@/lib/domain/destination";

const looks = {
  good: { look: "good", word: "verified" },
  pending: { look: "pending", word: "proof pending" },
  copying: { look: "copying", word: "copying" },
  old: { look: "old", word: "out of date" },
  failed: { look: "failed", word: "failed" },
  corrupt: { look: "failed", word: "corrupt" },
  not_due: { look: "none", word: "not in this policy" },
} as const satisfies Record<Pip["state"], { look: UiPip["look"]; word: string }>;

/** A guest's newest copies in the fixed order Local, Primary, Secondary, Tertiary. */
export function CopyPips({ copies }: { copies: readonly Pip[] }) {
  const label = copies.map(({ slot, state }) => `${slotLabel[slot]} ${looks[state].word}`).join(", ");
  return <Pips pips={copies.map(({ slot, state }) => ({ key: slot, look: looks[state].look }))} label={label} />;
}
