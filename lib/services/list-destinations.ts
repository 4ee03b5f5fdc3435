import type { z } from "zod";
import { config } from "@/lib/config";
import { type DestinationView, type destinationListSchema, destinationTestSchema } from "@/lib/contracts/destinations";
import { findCluster } from "@/lib/db/clusters";
import {
  type DestinationRow,
  type DestinationSums,
  destinationsInUse,
  findDestination,
  sumCopies,
} from "@/lib/db/destinations";
import { AppError } from "@/lib/domain/errors";

export async function listDestinations(now: Date): Promise<z.infer<typeof destinationListSchema>> {
  const cluster = await findCluster(config().clusterName);
  const [rows, sums] = await Promise.all([cluster ? destinationsInUse(cluster.id) : [], sumCopies()]);
  return { items: rows.map((row) => toView(row, sums)), serverTime: now.toISOString() };
}

/** One destination in use. Fails with not_found. */
export async function readDestination(destinationId: string): Promise<DestinationView> {
  return viewDestination(await requireDestination(destinationId));
}

export async function requireDestination(destinationId: string): Promise<DestinationRow> {
  const row = await findDestination(destinationId);
  if (!row) throw new AppError("not_found", "There is no destination with this id.");
  return row;
}

export async function viewDestination(row: DestinationRow): Promise<DestinationView> {
  return toView(row, await sumCopies());
}

function toView(row: DestinationRow, sums: readonly DestinationSums[]): DestinationView {
  const sum = sums.find(({ destinationId }) => destinationId === row.id);
  return {
    id: row.id,
    slot: row.slot,
    kind: row.kind,
    name: row.name,
    remote: row.remote,
    transfers: row.transfers,
    copyCount: sum?.copyCount ?? 0,
    goodCopyCount: sum?.goodCopyCount ?? 0,
    ourBytes: sum?.ourBytes ?? 0,
    freeBytes: row.freeBytes === null ? null : Number(row.freeBytes),
    totalBytes: row.totalBytes === null ? null : Number(row.totalBytes),
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
    lastTest: row.lastTest === null ? null : destinationTestSchema.parse(row.lastTest),
  };
}
