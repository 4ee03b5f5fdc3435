import { type PolicyRow, policiesInUse } from "@/lib/db/policies";
import { type GuestWithNode, newestCopies, type SelectableGuestRow, selectableGuests } from "@/lib/db/read-guests";
import { selectGuests } from "@/lib/domain/guest";
import { type PolicySettings, policySettingsSchema } from "@/lib/domain/policy";
import { judgeProtection, type Protection, targetOf } from "@/lib/domain/protection";
import type { ProtectingPolicy } from "@/lib/domain/standing";
import { nextRunAt } from "./list-policies";

export type GuestProtection = Protection & { policyIds: string[] };

/** A policy as protection is judged by it, and the guests it covers. */
export type CoveringPolicy = { protecting: ProtectingPolicy; timeZone: string; guestIds: Set<string> };

/** Every policy in use with the guests it covers at this moment. */
export async function readCovering(now: Date): Promise<CoveringPolicy[]> {
  const [policies, guests] = await Promise.all([policiesInUse(), selectableGuests()]);
  return policies.map((policy) => coverBy(policy, guests, now));
}

/** How each of these guests is protected at this moment, by evidence: the newest copies, held against its policies. */
export async function protectGuests(
  guests: readonly GuestWithNode[],
  covering: readonly CoveringPolicy[],
  now: Date,
  keptCopyCounts: ReadonlyMap<string, number> = new Map(),
): Promise<Map<string, GuestProtection>> {
  const copies = await newestCopies(guests.map(({ id }) => id));
  const copiesByGuest = Map.groupBy(copies, ({ guestId }) => guestId);

  return new Map(
    guests.map((guest) => {
      const own = covering.filter(({ guestIds }) => guestIds.has(guest.id));
      const keptCopyCount = keptCopyCounts.get(guest.id);
      const protection = judgeProtection({
        now,
        timeZone: own[0]?.timeZone ?? "UTC",
        guest: {
          firstSeenAt: guest.firstSeenAt,
          archivedAt: guest.archivedAt,
          exclusion: exclusionOf(guest),
          ...(keptCopyCount === undefined ? {} : { keptCopyCount }),
        },
        policies: own.map(({ protecting }) => protecting),
        copies: copiesByGuest.get(guest.id) ?? [],
      });
      return [guest.id, { ...protection, policyIds: own.map(({ protecting }) => protecting.id) }];
    }),
  );
}

function exclusionOf({ excludedReason, excludedBy, excludedUntil }: GuestWithNode) {
  return excludedReason === null ? null : { reason: excludedReason, by: excludedBy, until: excludedUntil };
}

export function coverBy(row: PolicyRow, guests: readonly SelectableGuestRow[], now: Date): CoveringPolicy {
  const settings = policySettingsSchema.parse(row.settings);
  return {
    timeZone: row.timeZone,
    guestIds: new Set(coveredGuests(settings, guests).map(({ id }) => id)),
    protecting: {
      id: row.id,
      name: row.name,
      isEnabled: row.isEnabled,
      targetMs: targetOf(settings, row.schedule, now),
      minCopies: settings.minCopies,
      requiredProof: settings.requiredProof,
      slots: row.destinations.map(({ destination }) => destination.slot),
      nextRunAt: nextRunAt(row, now) ?? null,
    },
  };
}

/** What a run of the policy takes: its selection, and the host configurations of the nodes that it touches. */
function coveredGuests(settings: PolicySettings, guests: readonly SelectableGuestRow[]): SelectableGuestRow[] {
  const selected = selectGuests(settings.selection, guests);
  if (!settings.includeHostConfig) return selected;
  const touched = new Set(selected.map(({ nodeId }) => nodeId));
  const isTouched = ({ nodeId }: SelectableGuestRow) => settings.selection.kind === "all" || touched.has(nodeId);
  return [...selected, ...guests.filter((guest) => guest.type === "host" && isTouched(guest))];
}
