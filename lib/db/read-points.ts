import type { Slot } from "@/lib/domain/destination";
import { db } from "./client";
import type { Prisma } from "./generated/client";

const whole = {
  archive: { include: { node: { select: { name: true } } } },
  guest: true,
  run: { select: { number: true } },
  copies: { where: { state: { not: "removed" } }, include: { destination: true } },
} as const satisfies Prisma.RestorePointInclude;

export type ListedPoint = Prisma.RestorePointGetPayload<{ include: typeof whole }>;

type PointFilters = {
  guestId?: string | undefined;
  /** Points with a copy there that was not removed. */
  slot?: Slot | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

type PointKey = { takenAt: Date; id: string };

/** Sealed points of which a copy is left, newest first, those after `after` in that order. */
export async function pageOfPoints(
  { guestId, slot, from, to }: PointFilters,
  { after, limit }: { after?: PointKey | undefined; limit: number },
): Promise<ListedPoint[]> {
  return db().restorePoint.findMany({
    where: {
      ...(guestId ? { guestId } : {}),
      archive: { sealedAt: { not: null } },
      copies: {
        some: { state: { not: "removed" }, ...(slot ? { destination: { slot, removedAt: null } } : {}) },
      },
      AND: [
        from || to ? { takenAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {},
        after
          ? {
              takenAt: { lte: after.takenAt },
              OR: [{ takenAt: { lt: after.takenAt } }, { takenAt: after.takenAt, id: { lt: after.id } }],
            }
          : {},
      ],
    },
    orderBy: [{ takenAt: "desc" }, { id: "desc" }],
    take: limit,
    include: whole,
  });
}

export async function findListedPoint(pointId: string): Promise<ListedPoint | null> {
  return db().restorePoint.findUnique({ where: { id: pointId }, include: whole });
}
