import { db } from "@/lib/db/client";
import type { CopyState, Slot } from "@/lib/domain/destination";

const dayMs = 24 * 60 * 60 * 1000;

type Estate = {
  node: { id: string };
  guests: readonly { id: string; key: string }[];
  destinations: readonly { id: string; slot: Slot }[];
};

type Points = {
  /** Per guest, one a day. */
  count: number;
  newestAt: Date;
  /** The state of the copies in a slot; good unless said. */
  states?: Partial<Record<Slot, CopyState>>;
};

/** Gives every guest of an estate restore points with a copy at every destination, proven where it is good. */
export async function givenPoints(
  { node, guests, destinations }: Estate,
  { count, newestAt, states }: Points,
): Promise<void> {
  const points = await db().restorePoint.createManyAndReturn({
    data: guests.flatMap(({ id }) =>
      Array.from({ length: count }, (_, age) => ({
        guestId: id,
        takenAt: new Date(newestAt.getTime() - age * dayMs),
        mode: "snapshot" as const,
      })),
    ),
    select: { id: true, guestId: true, takenAt: true },
  });
  const nameOf = (point: { guestId: string; takenAt: Date }) => {
    const key = guests.find(({ id }) => id === point.guestId)?.key.replace("/", "-");
    return `vzdump-${key}-${point.takenAt
      .toISOString()
      .slice(0, 19)
      .replace("T", "-")
      .replaceAll(/[-:]/g, "_")
      .replace(/_(\d\d_\d\d_\d\d)$/, "-$1")}.tar.zst`;
  };
  await db().archive.createMany({
    data: points.map((point) => ({
      pointId: point.id,
      nodeId: node.id,
      fileName: nameOf(point),
      engine: "frames" as const,
      sizeBytes: 1000n,
      sha256: "0".repeat(64),
      md5: "0".repeat(32),
      sealedAt: point.takenAt,
    })),
  });
  await db().copy.createMany({
    data: points.flatMap((point) =>
      destinations.map(({ id, slot }) => {
        const state = states?.[slot] ?? "good";
        return {
          pointId: point.id,
          destinationId: id,
          state,
          path: nameOf(point),
          sizeBytes: 1000n,
          ...(state === "good"
            ? { proof: "P2" as const, verifiedBy: "server_hash" as const, provedAt: point.takenAt }
            : {}),
          ...(state === "removed" ? { removedAt: point.takenAt } : {}),
        };
      }),
    ),
  });
}
