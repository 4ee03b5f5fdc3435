import { config } from "@/lib/config";
import type { Overview } from "@/lib/contracts/overview";
import type { PolicyView } from "@/lib/contracts/policies";
import { findCluster } from "@/lib/db/clusters";
import { type DestinationRow, destinationsInUse, sumCopies } from "@/lib/db/destinations";
import { policiesInUse } from "@/lib/db/policies";
import { countArchivedGuests, livingGuests, selectableGuests } from "@/lib/db/read-guests";
import { nodesWithWorkers } from "@/lib/db/read-nodes";
import { newestLiveRun, pageOfRuns, recentDurationsMs } from "@/lib/db/read-runs";
import { guestLabel } from "@/lib/domain/guest";
import { protectionStateSchema } from "@/lib/domain/protection";
import { findAttention } from "./find-attention";
import type { JudgedGuest } from "./guest-attention";
import { describePolicies, nextRunsAt } from "./list-policies";
import { summarizeRuns } from "./list-runs";
import { coverBy, protectGuests } from "./protect-guests";
import { readNights } from "./read-nights";
import { median, readRun } from "./read-run";

const shownRuns = 6;

/** Whether everything can be restored, what runs, and what needs somebody: one look at the whole estate. */
export async function readOverview(now: Date): Promise<Overview> {
  const cluster = await findCluster(config().clusterName);
  const [guests, selectable, archivedCount, nodes, destinations, sums, policyRows, liveRun, recentRuns] =
    await Promise.all([
      livingGuests(),
      selectableGuests(),
      countArchivedGuests(),
      nodesWithWorkers(),
      cluster ? destinationsInUse(cluster.id) : [],
      sumCopies(),
      policiesInUse(),
      newestLiveRun(),
      pageOfRuns({}, { limit: shownRuns }),
    ]);
  const usedSlots = destinations.map(({ slot }) => slot);
  const timeZone = policyRows.find(({ isEnabled }) => isEnabled)?.timeZone ?? "UTC";
  const [protections, policies, live, recent, nights] = await Promise.all([
    protectGuests(
      guests,
      policyRows.map((row) => coverBy(row, selectable, now)),
      now,
    ),
    describePolicies(policyRows, selectable, now),
    liveRun ? readRun(liveRun.id, now) : null,
    summarizeRuns(recentRuns),
    readNights(usedSlots, timeZone, now),
  ]);
  const judged = guests.flatMap((guest) => {
    const protection = protections.get(guest.id);
    return protection ? [{ guest, protection }] : [];
  });
  const lastRun =
    recent.find(({ status }) => status !== "queued" && status !== "running" && status !== "missed") ?? null;
  const guestIdsOf = (policyId: string) =>
    judged.filter(({ protection }) => protection.policyIds.includes(policyId)).map(({ guest }) => guest.id);

  return {
    guestCounts: countStates(judged, archivedCount),
    nodeCount: nodes.length,
    clusterName: cluster?.name ?? null,
    isLab: config().isLab,
    oldestGood: oldestGood(judged),
    worst: worst(judged),
    coverage: usedSlots.map((slot) => coverageOf(slot, judged)),
    attention: await findAttention({ guests: judged, policies, nodes, destinations, guestIdsOf }, now),
    live,
    lastRun,
    lastRunUsualMs: lastRun?.policyId ? median(await recentDurationsMs(lastRun.policyId, lastRun.number)) : null,
    nights,
    upcoming: upcoming(policyRows, policies, now),
    destinations: destinations.map((row) => toCapacity(row, sums)),
    recent,
    serverTime: now.toISOString(),
  };
}

function countStates(judged: readonly JudgedGuest[], archivedCount: number): Overview["guestCounts"] {
  const counts = Object.fromEntries(
    protectionStateSchema.options.map((state) => [state, 0]),
  ) as Overview["guestCounts"];
  for (const { protection } of judged) counts[protection.state] += 1;
  counts.archived += archivedCount;
  return counts;
}

/** Of the guests that are asked about at all, the one whose newest good copy is oldest. */
function oldestGood(judged: readonly JudgedGuest[]): Overview["oldestGood"] {
  const [oldest] = judged
    .filter(({ protection }) => protection.state !== "excluded" && protection.targetSeconds !== null)
    .flatMap(({ guest, protection }) => (protection.lastGoodAt ? [{ guest, at: protection.lastGoodAt }] : []))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return oldest ? { guestId: oldest.guest.id, label: guestLabel(oldest.guest), at: oldest.at.toISOString() } : null;
}

/** The first guest that could not be restored as asked; null when every one can. */
function worst(judged: readonly JudgedGuest[]): Overview["worst"] {
  const found =
    judged.find(({ protection }) => protection.state === "unprotected") ??
    judged.find(({ protection }) => protection.state === "at_risk");
  if (!found) return null;
  const { reasonText } = found.protection;
  return { label: guestLabel(found.guest), text: `is ${wordOf(found)}: ${lowered(reasonText)}.` };
}

const wordOf = ({ protection }: JudgedGuest) => (protection.state === "at_risk" ? "at risk" : "unprotected");
const lowered = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

function coverageOf(slot: Overview["coverage"][number]["slot"], judged: readonly JudgedGuest[]) {
  const pips = judged.flatMap(({ protection }) => protection.pips.filter((pip) => pip.slot === slot));
  const due = pips.filter(({ state }) => state !== "not_due");
  const count = (...states: string[]) => due.filter(({ state }) => states.includes(state)).length;
  return { slot, good: count("good"), old: count("old"), failed: count("failed", "corrupt"), total: due.length };
}

function upcoming(
  rows: Awaited<ReturnType<typeof policiesInUse>>,
  policies: readonly PolicyView[],
  now: Date,
): Overview["upcoming"] {
  return rows
    .flatMap((row) =>
      nextRunsAt(row, now, shownRuns).map((at) => ({
        policyId: row.id,
        policyName: row.name,
        at: at.toISOString(),
        guestCount: policies.find(({ id }) => id === row.id)?.guestCount ?? 0,
      })),
    )
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .slice(0, shownRuns);
}

function toCapacity(
  row: DestinationRow,
  sums: Awaited<ReturnType<typeof sumCopies>>,
): Overview["destinations"][number] {
  return {
    slot: row.slot,
    name: row.name,
    place: row.remote ?? "dump directory of each node",
    freeBytes: row.freeBytes === null ? null : Number(row.freeBytes),
    totalBytes: row.totalBytes === null ? null : Number(row.totalBytes),
    ourBytes: sums.find(({ destinationId }) => destinationId === row.id)?.ourBytes ?? 0,
  };
}
