import { db } from "@/lib/db/client";
import type { RunRow } from "@/lib/db/runs";
import type { StepRow } from "@/lib/db/steps";
import { slotLabel } from "@/lib/domain/destination";
import { guestLabel } from "@/lib/domain/guest";

const shown = 3;

/** One or two sentences that say which guest or destination failed and why; null for a run with nothing to explain. */
export async function explainRunEnd(
  run: RunRow,
  steps: readonly StepRow[],
  status: RunRow["status"],
): Promise<string | null> {
  if (status === "cancelled") return run.cancelledBy ? `Cancelled by ${run.cancelledBy}.` : "Cancelled.";
  const failed = steps.filter((step) => step.status === "failed");
  if (failed.length === 0) return null;
  const [dumps, others] = [failed.filter(isOfGuest), failed.filter((step) => !isOfGuest(step))];
  const guests = await db().guest.findMany({ where: { id: { in: failed.map((step) => step.guestId) } } });
  const labelOf = (step: StepRow) => {
    const guest = guests.find(({ id }) => id === step.guestId);
    return guest ? guestLabel(guest) : "a guest";
  };

  const sentences = dumps.slice(0, shown).map((step) => `${labelOf(step)}: ${step.faultCause}`);
  for (const [slot, ofSlot] of Map.groupBy(others, (step) => step.slot)) {
    const [first] = ofSlot;
    if (!first) continue;
    const count = new Set(ofSlot.map((step) => step.guestId)).size;
    const what = count === 1 ? labelOf(first) : `${count} guests`;
    sentences.push(`${slotLabel[slot]}, ${what}: ${first.faultCause}`);
  }
  if (dumps.length > shown) sentences.push(`${dumps.length - shown} more guests failed.`);
  return sentences.join(" ");
}

const isOfGuest = (step: StepRow) => step.kind === "dump" || step.kind === "host_config" || step.kind === "seal";
