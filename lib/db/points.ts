import type { Proof, VerifiedBy } from "@/lib/domain/destination";
import type { BackupMode } from "@/lib/domain/guest";
import { db, type Transaction } from "./client";
import type { Prisma } from "./generated/client";

type NewPoint = {
  guestId: string;
  nodeId: string;
  runId: string;
  takenAt: Date;
  mode: BackupMode;
  durationMs: number;
  note: string;
  configText: string;
  configDigest: string;
  archive: {
    fileName: string;
    engine: "frames" | "stock";
    sizeBytes: number;
    sha256: string;
    md5: string;
    rawSizeBytes: number | null;
    rawSha256: string | null;
    hasSeekTable: boolean;
  };
};

/** Writes a restore point with its archive. A repeat of the same archive (a worker that died after writing) finds its row. */
export async function insertPoint(point: NewPoint, tx: Transaction): Promise<string> {
  const { archive, nodeId, ...columns } = point;
  const known = await tx.archive.findUnique({
    where: { nodeId_fileName: { nodeId, fileName: archive.fileName } },
    select: { pointId: true },
  });
  if (known) return known.pointId;
  const { id } = await tx.restorePoint.create({
    data: {
      ...columns,
      archive: {
        create: {
          ...archive,
          nodeId,
          sizeBytes: BigInt(archive.sizeBytes),
          rawSizeBytes: archive.rawSizeBytes === null ? null : BigInt(archive.rawSizeBytes),
        },
      },
    },
    select: { id: true },
  });
  return id;
}

/** A point whose archive read back well: its manifest is final from now on. */
export async function sealPoint(
  pointId: string,
  seal: {
    manifestText: string;
    sealedAt: Date;
    hasIndex: boolean;
    rawSizeBytes: number;
    rawSha256: string;
    configText: string;
    configDigest: string;
  },
  tx: Transaction,
): Promise<void> {
  const { manifestText, sealedAt, hasIndex, rawSha256, configText, configDigest } = seal;
  await tx.archive.update({
    where: { pointId },
    data: { manifestText, sealedAt, hasIndex, rawSha256, rawSizeBytes: BigInt(seal.rawSizeBytes) },
  });
  await tx.restorePoint.update({ where: { id: pointId }, data: { configText, configDigest } });
}

const withArchive = {
  archive: { include: { node: { select: { name: true } } } },
  guest: true,
  copies: { include: { destination: true } },
} as const satisfies Prisma.RestorePointInclude;

export type PointRow = Prisma.RestorePointGetPayload<{ include: typeof withArchive }>;

/** The point a run made of a guest, if it got that far. */
export async function pointOfRun(runId: string, guestId: string): Promise<PointRow | null> {
  return db().restorePoint.findFirst({
    where: { runId, guestId },
    include: withArchive,
    orderBy: { createdAt: "desc" },
  });
}

/** All points of a guest, newest first, with every copy: what a prune and a protection state are judged from. */
export async function pointsOfGuest(guestId: string): Promise<PointRow[]> {
  return db().restorePoint.findMany({ where: { guestId }, include: withArchive, orderBy: { takenAt: "desc" } });
}

/** Archive sizes of each guest's newest point: what the next run may expect to move. */
export async function newestSizes(guestIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db().restorePoint.findMany({
    where: { guestId: { in: [...guestIds] } },
    orderBy: [{ guestId: "asc" }, { takenAt: "desc" }],
    distinct: ["guestId"],
    select: { guestId: true, archive: { select: { sizeBytes: true } } },
  });
  return new Map(rows.map((row) => [row.guestId, Number(row.archive?.sizeBytes ?? 0)]));
}

export type CopyChange =
  | { state: "copying" | "pending"; path: string; copiedAt?: Date; sizeBytes?: number }
  | { state: "failed" | "corrupt" | "missing"; path: string; faultCause: string; sizeBytes?: number }
  | {
      state: "good";
      path: string;
      sizeBytes: number;
      proof: Proof;
      verifiedBy: VerifiedBy;
      evidence: string;
      provedAt: Date;
      copiedAt?: Date;
    };

/** The state of one copy, made if it is new. What an earlier state proved is not carried into a later one. */
export async function putCopy(
  place: { pointId: string; destinationId: string },
  change: CopyChange,
  tx: Transaction = db(),
): Promise<void> {
  const { sizeBytes, ...columns } = change;
  const data = {
    proof: null,
    verifiedBy: null,
    evidence: null,
    provedAt: null,
    faultCause: null,
    removedAt: null,
    removedReason: null,
    ...columns,
    ...(sizeBytes === undefined ? {} : { sizeBytes: BigInt(sizeBytes) }),
  };
  await tx.copy.upsert({
    where: { pointId_destinationId: place },
    create: { ...place, ...data },
    update: data,
  });
}

/** A copy that a prune took away: its row stays, for the history. */
export async function markCopyRemoved(
  place: { pointId: string; destinationId: string },
  { removedAt, reason }: { removedAt: Date; reason: string },
): Promise<void> {
  await db().copy.update({
    where: { pointId_destinationId: place },
    data: { state: "removed", removedAt, removedReason: reason, proof: null, verifiedBy: null, provedAt: null },
  });
}

/** Runs that still read a guest's archives: their copies are not to be removed under them. */
export async function openRunsOfGuest(guestId: string): Promise<string[]> {
  const rows = await db().step.findMany({
    where: { guestId, status: { in: ["waiting", "queued", "running"] }, kind: { in: ["seal", "copy", "verify"] } },
    distinct: ["runId"],
    select: { runId: true },
  });
  return rows.map(({ runId }) => runId);
}
