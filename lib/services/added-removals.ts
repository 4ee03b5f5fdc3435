import type { PolicyBody } from "@/lib/contracts/policies";
import { selectableGuests } from "@/lib/db/read-guests";
import type { PolicyDestination } from "@/lib/domain/policy";
import { guestsOfPolicy } from "./policy-guests";
import { simulatePrune } from "./simulate-prune";

/** How many copies the next prunes remove under a policy's new rules that they would keep under the present ones. */
export async function addedRemovals(before: PolicyBody, after: PolicyBody, now: Date): Promise<number> {
  const changed = after.destinations.filter((destination) => {
    const old = before.destinations.find(({ slot }) => slot === destination.slot);
    const isSameZone = before.timeZone === after.timeZone;
    return !old || !isSameZone || JSON.stringify(old.retention) !== JSON.stringify(destination.retention);
  });
  if (changed.length === 0) return 0;
  const guestIds = guestsOfPolicy(after.settings, await selectableGuests(), now).map(({ id }) => id);
  const removedUnder = async (body: PolicyBody, { slot }: PolicyDestination): Promise<Set<string>> => {
    const rules = body.destinations.find((destination) => destination.slot === slot)?.retention;
    if (!rules) return new Set();
    const plans = await simulatePrune({
      slot,
      guestIds,
      rules,
      timeZone: body.timeZone,
      requiredProof: body.settings.requiredProof,
      hasPrimary: body.destinations.some((destination) => destination.slot === "primary"),
    });
    return new Set([...plans.values()].flatMap(({ remove }) => remove.map(({ pointId }) => pointId)));
  };
  const counts = await Promise.all(
    changed.map(async (destination) => {
      const [old, next] = await Promise.all([removedUnder(before, destination), removedUnder(after, destination)]);
      return [...next].filter((pointId) => !old.has(pointId)).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
