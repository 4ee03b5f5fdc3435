import { db } from "@/lib/db/client";
import { servedNodeIds } from "@/lib/db/nodes";
import { newestSizes } from "@/lib/db/points";
import { beginRun, findRun, isBehindAnotherRun, moveRun, type RunRow } from "@/lib/db/runs";
import { moveStep, stepsOfRun } from "@/lib/db/steps";
import { AppError } from "@/lib/domain/errors";
import { selectGuests } from "@/lib/domain/guest";
import { planRun } from "@/lib/domain/plan-run";
import { type PolicySnapshot, policySnapshotSchema } from "@/lib/domain/policy";
import { log } from "@/lib/log";
import { advanceGuest } from "./advance-run";
import { announceRun } from "./announce";
import { isExcluded } from "./policy-guests";
import { syncInventory } from "./sync-inventory";

const minuteMs = 60_000;

/**
 * Plans a queued run and sets it going: the guests the policy selects at this moment, as Proxmox shows them. While an
 * earlier run of the policy is under way, or the cluster does not answer within the start grace, the run stays queued.
 */
export async function beginQueuedRun(runId: string, now: Date): Promise<void> {
  const run = await findRun(runId);
  if (run?.status !== "queued" || run.isPlanned) return;
  if (run.cancelRequestedAt) {
    await endUnbegun(run, "cancelled", run.cancelledBy ? `Cancelled by ${run.cancelledBy}.` : null, now);
    return;
  }
  if (await isBehindAnotherRun(run)) return;

  const snapshot = policySnapshotSchema.parse(run.policySnapshot);
  try {
    await syncInventory();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isGraceOver = now.getTime() - run.queuedAt.getTime() > snapshot.settings.startGraceMinutes * minuteMs;
    if (isGraceOver) await endUnbegun(run, "failed", `Could not ask Proxmox for the guests: ${error.message}`, now);
    else log().warn({ runId, cause: error.message }, "cluster does not answer; the run waits");
    return;
  }

  const guests = await guestsOf(run, snapshot);
  if (guests.length === 0) {
    await endUnbegun(run, "failed", "No guest matches this policy at the moment.", now);
    return;
  }
  const sizes = await newestSizes(guests.map(({ id }) => id));
  const steps = planRun(
    guests.map((guest) => ({ ...guest, expectedBytes: sizes.get(guest.id) })),
    snapshot.destinations.map(({ destinationId, slot }) => ({ id: destinationId, slot })),
  );
  const begun = await beginRun(run.id, steps, now);
  if (!begun) return;
  await announceRun(begun);
  await failWhereNoWorkerIs(begun.id, now);
  for (const guest of guests) await advanceGuest(begun.id, guest.id, now);
}

async function endUnbegun(
  run: RunRow,
  status: "failed" | "cancelled",
  reason: string | null,
  now: Date,
): Promise<void> {
  const ended = await moveRun(run.id, status, { now, statusReason: reason });
  if (ended) await announceRun(ended);
}

/** Host configurations of the nodes that take part, then the selected guests; only some of them when the run names them. */
async function guestsOf(run: RunRow, snapshot: PolicySnapshot) {
  if (!run.policyId) return [];
  const { clusterId } = await db().policy.findUniqueOrThrow({
    where: { id: run.policyId },
    select: { clusterId: true },
  });
  const rows = await db().guest.findMany({
    where: { clusterId, archivedAt: null },
    include: { node: { select: { name: true } } },
  });
  const guests = rows.map((row) => ({ ...row, nodeName: row.node.name, pool: row.pool ?? undefined }));
  if (run.guestIds.length > 0) return guests.filter(({ id }) => run.guestIds.includes(id));

  const selected = selectGuests(snapshot.settings.selection, guests).filter(
    (guest) => !isExcluded(guest, run.queuedAt),
  );
  const hosts = snapshot.settings.includeHostConfig
    ? guests.filter(({ type, nodeId }) => type === "host" && isTouched(nodeId, selected, snapshot))
    : [];
  return [...hosts, ...selected];
}

/** A policy over everything saves every node's configuration, even of a node without a guest. */
const isTouched = (nodeId: string, selected: readonly { nodeId: string }[], snapshot: PolicySnapshot) =>
  snapshot.settings.selection.kind === "all" || selected.some((guest) => guest.nodeId === nodeId);

/** A guest on a node nobody serves is a failure with that reason, not silence. */
async function failWhereNoWorkerIs(runId: string, now: Date): Promise<void> {
  const served = await servedNodeIds(now);
  const steps = await stepsOfRun(runId);
  const nodes = await db().node.findMany({ where: { id: { in: steps.map((step) => step.nodeId) } } });
  for (const step of steps) {
    if (served.has(step.nodeId) || (step.kind !== "dump" && step.kind !== "host_config")) continue;
    const nodeName = nodes.find(({ id }) => id === step.nodeId)?.name ?? "the node";
    await moveStep(step.id, "failed", {
      now,
      fault: {
        code: "worker_lost",
        cause: `No worker answers on ${nodeName}.`,
        safe: "Earlier copies are not affected.",
        action: "Show node",
      },
    });
  }
}
