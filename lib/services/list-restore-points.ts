import { z } from "zod";
import type { listRestorePointsQuerySchema, RestorePointList, RestorePointView } from "@/lib/contracts/restore-points";
import { findListedPoint, type ListedPoint, pageOfPoints } from "@/lib/db/read-points";
import { slots } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { decodeCursor, encodeCursor } from "./cursor";

const cursorKeySchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Restore points, newest first, each with the copies it has. */
export async function listRestorePoints(
  query: z.output<typeof listRestorePointsQuerySchema>,
  now: Date,
): Promise<RestorePointList> {
  const [takenAt, id] = decodeCursor(query.cursor, cursorKeySchema) ?? [];
  const rows = await pageOfPoints(
    {
      guestId: query.guest,
      slot: query.destination,
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
    },
    {
      after: takenAt === undefined || id === undefined ? undefined : { takenAt: new Date(takenAt), id },
      limit: query.limit + 1,
    },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.flatMap(toView),
    nextCursor: rows.length > page.length && last ? encodeCursor([last.takenAt.toISOString(), last.id]) : null,
    serverTime: now.toISOString(),
  };
}

/** One restore point. Fails with not_found. */
export async function readRestorePoint(pointId: string): Promise<RestorePointView> {
  const row = await findListedPoint(pointId);
  const [view] = row ? toView(row) : [];
  if (!view) throw new AppError("not_found", "There is no restore point with this id.");
  return view;
}

/** Nothing for a point without an archive: its dump has not ended. */
function toView({ archive, guest, run, copies, ...point }: ListedPoint): RestorePointView[] {
  if (!archive) return [];
  return [
    {
      id: point.id,
      guestId: guest.id,
      guestType: guest.type,
      vmid: guest.vmid,
      guestName: guest.name,
      nodeName: archive.node.name,
      takenAt: point.takenAt.toISOString(),
      mode: point.mode,
      archiveName: archive.fileName,
      sizeBytes: Number(archive.sizeBytes),
      rawSizeBytes: archive.rawSizeBytes === null ? null : Number(archive.rawSizeBytes),
      sha256: archive.sha256,
      durationMs: point.durationMs,
      isPinned: point.isPinned,
      note: point.note,
      runNumber: run?.number ?? null,
      copies: copies
        .toSorted((a, b) => slots.indexOf(a.destination.slot) - slots.indexOf(b.destination.slot))
        .map(toCopyView),
    },
  ];
}

function toCopyView({ destination, ...copy }: ListedPoint["copies"][number]): RestorePointView["copies"][number] {
  return {
    slot: destination.slot,
    destinationName: destination.name,
    state: copy.state,
    proof: copy.proof,
    verifiedBy: copy.verifiedBy,
    evidence: copy.evidence,
    path: copy.path,
    sizeBytes: copy.sizeBytes === null ? null : Number(copy.sizeBytes),
    provedAt: copy.provedAt?.toISOString() ?? null,
    faultCause: copy.faultCause,
  };
}
