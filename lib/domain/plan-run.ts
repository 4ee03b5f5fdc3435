import type { Slot } from "./destination";
import type { GuestType } from "./guest";
import type { StepKind } from "./step";

type PlannedGuest = {
  id: string;
  nodeId: string;
  type: GuestType;
  vmid: number | null;
  expectedBytes?: number | undefined;
};
type PlannedDestination = { id: string; slot: Slot };

export type PlannedStep = {
  kind: StepKind;
  slot: Slot;
  guestId: string;
  nodeId: string;
  destinationId: string | null;
  position: number;
  bytesTotal: number | null;
};

/**
 * The steps of a backup run in the order their lanes take them: host configurations first, then guests, the largest
 * first, because a long dump begun last is a tail that everybody waits for. Changes nothing.
 */
export function planRun(guests: readonly PlannedGuest[], destinations: readonly PlannedDestination[]): PlannedStep[] {
  const local = destinations.find((destination) => destination.slot === "local");
  const remotes = destinations.filter((destination) => destination.slot !== "local");

  return guests.toSorted(hostsThenLargestFirst).flatMap((guest, position) => {
    const on = (kind: StepKind, slot: Slot, destinationId: string | null): PlannedStep => ({
      kind,
      slot,
      guestId: guest.id,
      nodeId: guest.nodeId,
      destinationId,
      position,
      bytesTotal: kind === "prune" ? null : (guest.expectedBytes ?? null),
    });
    return [
      on(guest.type === "host" ? "host_config" : "dump", "local", local?.id ?? null),
      on("seal", "local", local?.id ?? null),
      ...remotes.flatMap(({ id, slot }) => [on("copy", slot, id), on("verify", slot, id), on("prune", slot, id)]),
      ...(local ? [on("prune", "local", local.id)] : []),
    ];
  });
}

function hostsThenLargestFirst(a: PlannedGuest, b: PlannedGuest): number {
  const hostFirst = Number(b.type === "host") - Number(a.type === "host");
  return hostFirst || (b.expectedBytes ?? 0) - (a.expectedBytes ?? 0) || (a.vmid ?? 0) - (b.vmid ?? 0);
}
