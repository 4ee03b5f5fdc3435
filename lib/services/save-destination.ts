import { config } from "@/lib/config";
import type { DestinationBody, DestinationPatch, DestinationView } from "@/lib/contracts/destinations";
import { upkeepQueue } from "@/lib/contracts/jobs";
import { findCluster } from "@/lib/db/clusters";
import { insertDestination, removeDestinationRow, updateDestination } from "@/lib/db/destinations";
import { servedNodeIds } from "@/lib/db/nodes";
import { slotLabel } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { publishEvent } from "@/lib/redis/events";
import { enqueue } from "@/lib/redis/queues";
import { requireDestination, viewDestination } from "./list-destinations";

/** Adds a remote. Fails with conflict when its slot is in use. */
export async function createDestination(body: DestinationBody): Promise<DestinationView> {
  const cluster = await findCluster(config().clusterName);
  if (!cluster) throw new AppError("not_possible", "No cluster is set up yet.", { action: "Connect Proxmox" });
  const row = await insertDestination(cluster.id, body);
  if (!row) {
    throw new AppError("conflict", `There is a ${slotLabel[body.slot]} destination already.`, {
      fields: { slot: "is in use" },
    });
  }
  await publishEvent({ type: "overview.changed" });
  return viewDestination(row);
}

/** Changes a destination. A remote with copies cannot be pointed elsewhere: its copies would be looked for where they are not. */
export async function changeDestination(destinationId: string, patch: DestinationPatch): Promise<DestinationView> {
  const before = await viewDestination(await requireDestination(destinationId));
  const isMoved = patch.remote !== undefined && patch.remote !== before.remote;
  if (isMoved && before.slot === "local")
    throw fieldError("remote", "cannot be set: local is each node's dump directory");
  if (isMoved && before.copyCount > 0) {
    throw fieldError(
      "remote",
      `cannot change while ${before.copyCount} copies lie there: remove the destination and add another`,
    );
  }
  const row = await updateDestination(destinationId, {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.remote !== undefined && isMoved ? { remote: patch.remote } : {}),
    ...(patch.transfers === undefined ? {} : { transfers: patch.transfers }),
    ...(patch.pausedUntil === undefined
      ? {}
      : { pausedUntil: patch.pausedUntil === null ? null : new Date(patch.pausedUntil) }),
  });
  if (!row) throw gone();
  await publishEvent({ type: "overview.changed" });
  return viewDestination(row);
}

/** Stops new copies. The copies there stay where they are, and stay known. */
export async function removeDestination(destinationId: string, now: Date): Promise<void> {
  const { slot } = await requireDestination(destinationId);
  if (slot === "local") {
    throw new AppError("not_possible", "Local cannot be removed: archives are made in each node's dump directory.");
  }
  if (!(await removeDestinationRow(destinationId, now))) throw gone();
  await publishEvent({ type: "overview.changed" });
}

/**
 * Asks a worker to try a destination; what came of it is its `lastTest` some seconds later. Fails with worker_lost when
 * no worker is there to do it, and with unavailable when none can be told.
 */
export async function requestDestinationTest(destinationId: string, now: Date): Promise<DestinationView> {
  const row = await requireDestination(destinationId);
  if ((await servedNodeIds(now)).size === 0) {
    throw new AppError("worker_lost", "No worker answers, and only a worker can reach a destination.", {
      safe: "Existing copies are not affected.",
      action: "Show node",
    });
  }
  try {
    await enqueue("destination.test", { destinationId }, { queue: upkeepQueue, jobId: `test-${destinationId}` });
  } catch (cause) {
    throw new AppError("unavailable", "No worker can be told now: Redis does not answer.", {
      cause,
      action: "Try again",
    });
  }
  return viewDestination(row);
}

const gone = () => new AppError("not_found", "There is no destination with this id.");
const fieldError = (field: string, reason: string) =>
  new AppError("invalid_input", `${field}: ${reason}`, { fields: { [field]: reason } });
