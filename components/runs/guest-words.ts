import { formatPercent } from "@/lib/client/format-size";
import { formatClock } from "@/lib/client/format-time";
import type { RunGuest, StepView } from "@/lib/contracts/runs";
import { slotLabel } from "@/lib/domain/destination";
import type { RunGuestStatus } from "@/lib/domain/run";
import { formatDuration } from "@/lib/domain/units";

/** What a guest does or how it ended, in two or three words: "Dumping 61 %", "Secondary failed", "14 m 20 s". */
export function guestWords(guest: RunGuest, timeZone: string): string {
  switch (guest.status) {
    case "failed":
      return failedWords(guest.steps);
    case "running":
      return runningWords(guest.steps, timeZone);
    case "done":
      return durationOf(guest) ?? "Done";
    case "queued":
      return "Queued";
    case "skipped":
      return "Skipped";
    case "cancelled":
      return "Cancelled";
    default:
      return guest.status satisfies never;
  }
}

function failedWords(steps: readonly StepView[]): string {
  const failed = steps.filter((step) => step.status === "failed");
  const [first] = failed;
  if (!first) return "Failed";
  if (first.kind === "host_config") return "Configuration failed";
  if (first.kind === "dump") return "Dump failed";
  if (first.kind === "seal") return "Checksum failed";
  const slots = [...new Set(failed.map(({ slot }) => slot))];
  if (slots.length > 1) return `${slots.length} destinations failed`;
  return first.kind === "prune" ? `${slotLabel[first.slot]} prune failed` : `${slotLabel[first.slot]} failed`;
}

function runningWords(steps: readonly StepView[], timeZone: string): string {
  const running = steps.filter((step) => step.status === "running");
  const copies = running.filter((step) => step.kind === "copy");
  if (copies.length > 0) return withPercent("Copying", copies);
  const [first] = running;
  if (!first) return waitingWords(steps, timeZone);
  switch (first.kind) {
    case "host_config":
      return "Saving";
    case "dump":
      return withPercent("Dumping", [first]);
    case "seal":
      return withPercent("Checking", [first]);
    case "verify":
      return `Verifying ${slotLabel[first.slot]}`;
    case "prune":
      return `Pruning ${slotLabel[first.slot]}`;
    case "copy":
      return "Copying";
    default:
      return first.kind satisfies never;
  }
}

function waitingWords(steps: readonly StepView[], timeZone: string): string {
  const repeated = steps.find((step) => step.status === "queued" && step.fault !== null && step.notBefore !== null);
  return repeated?.notBefore ? `Next try ${formatClock(Date.parse(repeated.notBefore), timeZone)}` : "Waiting";
}

function withPercent(word: string, steps: readonly StepView[]): string {
  const total = steps.reduce((sum, step) => sum + (step.bytesTotal ?? 0), 0);
  const done = steps.reduce((sum, step) => sum + step.bytesDone, 0);
  return total > 0 ? `${word} ${formatPercent(Math.min(1, done / total))}` : word;
}

/** From a guest's first beginning to its last end; null while it has neither. */
export function durationOf(guest: RunGuest): string | null {
  const starts = guest.steps.flatMap(({ startedAt }) => (startedAt ? [Date.parse(startedAt)] : []));
  const ends = guest.steps.flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  if (starts.length === 0 || ends.length === 0) return null;
  return formatDuration(Math.max(...ends) - Math.min(...starts));
}

const groupOrder = ["failed", "running", "done", "queued", "skipped", "cancelled"] as const satisfies RunGuestStatus[];

export type GuestGroup = { status: RunGuestStatus; guests: RunGuest[] };

/** Exceptions first, then what works, what is done (the latest first), and what waits in the order of the queue. */
export function groupGuests(guests: readonly RunGuest[]): GuestGroup[] {
  return groupOrder
    .map((status) => ({ status, guests: guests.filter((guest) => guest.status === status) }))
    .filter((group) => group.guests.length > 0)
    .map((group) => (group.status === "done" ? { ...group, guests: group.guests.toSorted(latestFirst) } : group));
}

const endOf = (guest: RunGuest) => Math.max(0, ...guest.steps.map(({ endedAt }) => Date.parse(endedAt ?? "") || 0));
const latestFirst = (a: RunGuest, b: RunGuest) => endOf(b) - endOf(a);
