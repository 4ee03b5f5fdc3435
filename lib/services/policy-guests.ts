import type { SelectableGuestRow } from "@/lib/db/read-guests";
import { selectGuests } from "@/lib/domain/guest";
import type { PolicySettings } from "@/lib/domain/policy";

/** The VMs and containers a policy backs up at this moment: those it selects, less those somebody excluded. */
export function guestsOfPolicy(
  { selection }: Pick<PolicySettings, "selection">,
  guests: readonly SelectableGuestRow[],
  now: Date,
): SelectableGuestRow[] {
  return selectGuests(selection, guests).filter((guest) => !isExcluded(guest, now));
}

export function isExcluded(guest: { excludedReason: string | null; excludedUntil: Date | null }, now: Date): boolean {
  return guest.excludedReason !== null && (guest.excludedUntil === null || guest.excludedUntil > now);
}
