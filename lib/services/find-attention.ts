import type { Attention } from "@/lib/contracts/overview";
import type { PolicyView } from "@/lib/contracts/policies";
import type { DestinationRow } from "@/lib/db/destinations";
import type { NodeWithWorker } from "@/lib/db/read-nodes";
import { failedRunsOfGuests } from "@/lib/db/read-runs";
import { slotLabel } from "@/lib/domain/destination";
import { formatBytes } from "@/lib/domain/units";
import { guestAttention, type JudgedGuest } from "./guest-attention";

const shown = 5;
const nearlyFull = 0.9;

type Estate = {
  guests: readonly JudgedGuest[];
  policies: readonly PolicyView[];
  nodes: readonly NodeWithWorker[];
  destinations: readonly DestinationRow[];
  guestIdsOf(policyId: string): string[];
};

/** What needs a person, worst first, at most five: each with its cause and the one thing that mends it. */
export async function findAttention(estate: Estate, now: Date): Promise<Attention[]> {
  const failedRuns = await failedRunsOfGuests(estate.guests.map(({ guest }) => guest.id));
  const ofGuests = guestAttention(estate.guests, { failedRuns, policies: estate.policies });
  const retried = new Set(ofGuests.flatMap(({ action }) => (action?.kind === "retry_run" ? [action.runId] : [])));
  const all = [
    ...ofGuests,
    ...estate.policies.flatMap((policy) => missedRun(policy, estate)),
    ...estate.policies.flatMap((policy) => failedRun(policy, retried)),
    ...estate.nodes.flatMap((node) => lostWorker(node, now)),
    ...estate.destinations.flatMap(failedTest),
    ...estate.destinations.flatMap(fullDestination),
  ];
  return [
    ...all.filter(({ severity }) => severity === "fail"),
    ...all.filter(({ severity }) => severity === "warn"),
  ].slice(0, shown);
}

function missedRun({ id, name, lastRun }: PolicyView, { guestIdsOf }: Estate): Attention[] {
  if (lastRun?.status !== "missed") return [];
  const guestIds = guestIdsOf(id);
  return [
    {
      severity: "fail",
      objectType: "policy",
      objectId: id,
      title: `${name} did not start`,
      detail: lastRun.statusReason ?? "Nobody was there to start it.",
      pips: null,
      action: guestIds.length > 0 ? { kind: "start_run", label: "Run now", policyId: id, guestIds } : null,
    },
  ];
}

/** A run whose failures no guest tells of already: their earlier copies may still be within target. */
function failedRun({ lastRun }: PolicyView, retried: ReadonlySet<string>): Attention[] {
  if (!lastRun || retried.has(lastRun.id)) return [];
  if (lastRun.status !== "failed" && lastRun.status !== "partial") return [];
  const failures = lastRun.failedStepCount === 1 ? "1 failure" : `${lastRun.failedStepCount} failures`;
  const end = lastRun.status === "failed" ? "failed" : `finished with ${failures}`;
  return [
    {
      severity: "warn",
      objectType: "run",
      objectId: lastRun.id,
      title: `${lastRun.policyName} #${lastRun.number} ${end}`,
      detail: lastRun.statusReason ?? "Its log says why.",
      pips: null,
      action:
        lastRun.failedStepCount > 0
          ? { kind: "retry_run", label: "Retry failed", runId: lastRun.id }
          : { kind: "link", label: "Show run", href: `/runs/${lastRun.id}` },
    },
  ];
}

function lostWorker(node: NodeWithWorker, now: Date): Attention[] {
  if (node.leaseExpiresAt && node.leaseExpiresAt > now) return [];
  const count = node._count.guests;
  return [
    {
      severity: count > 0 ? "fail" : "warn",
      objectType: "node",
      objectId: node.id,
      title: `No worker answers on ${node.name}`,
      detail: `${count === 1 ? "1 guest waits" : `${count} guests wait`} there. Existing copies are not affected.`,
      pips: null,
      action: null,
    },
  ];
}

function failedTest({ id, slot, name, lastTestOk, lastTest }: DestinationRow): Attention[] {
  if (lastTestOk !== false) return [];
  const rows = (lastTest as { rows?: { isOk: boolean; text: string }[] } | null)?.rows ?? [];
  const [failed] = rows.filter(({ isOk }) => !isOk);
  return [
    {
      severity: "warn",
      objectType: "destination",
      objectId: id,
      title: `The last test of ${slotLabel[slot]} failed`,
      detail: failed ? `${name}: ${failed.text}` : name,
      pips: null,
      action: null,
    },
  ];
}

function fullDestination({ id, slot, name, freeBytes, totalBytes }: DestinationRow): Attention[] {
  if (freeBytes === null || totalBytes === null || totalBytes === 0n) return [];
  const usedRatio = 1 - Number(freeBytes) / Number(totalBytes);
  if (usedRatio < nearlyFull) return [];
  return [
    {
      severity: "warn",
      objectType: "destination",
      objectId: id,
      title: `${slotLabel[slot]} is ${Math.floor(usedRatio * 100)} % full`,
      detail: `${name} has ${formatBytes(Number(freeBytes))} of ${formatBytes(Number(totalBytes))} left.`,
      pips: null,
      action: null,
    },
  ];
}
