import type { CopyState, Proof, Slot } from "@/lib/domain/destination";
import { db } from "./client";

export type RetainedCopy = {
  pointId: string;
  guestId: string;
  takenAt: Date;
  isPinned: boolean;
  archiveName: string;
  state: CopyState;
  proof: Proof | null;
  sizeBytes: number | null;
  isGoodOnPrimary: boolean;
};

/**
 * Guests' copies in one slot, newest first: what retention decides on. Of the local slot those on the node where the
 * guest is now, because another node's dump directory is pruned by nobody.
 */
export async function copiesInSlot(slot: Slot, guestIds: readonly string[]): Promise<RetainedCopy[]> {
  const rows = await db().$queryRaw<(Omit<RetainedCopy, "sizeBytes"> & { sizeBytes: bigint | null })[]>`
    select c."pointId", p."guestId", p."takenAt", p."isPinned", a."fileName" as "archiveName",
           c.state::text as state, c.proof::text as proof, c."sizeBytes",
           exists (
             select from "Copy" pc join "Destination" pd on pd.id = pc."destinationId"
             where pc."pointId" = c."pointId" and pd.slot = 'primary' and pd."removedAt" is null and pc.state = 'good'
           ) as "isGoodOnPrimary"
    from "Guest" g
    join "RestorePoint" p on p."guestId" = g.id
    join "Archive" a on a."pointId" = p.id
    join "Copy" c on c."pointId" = p.id
    join "Destination" d on d.id = c."destinationId"
    where g.id = any (${[...guestIds]}::uuid[])
      and d.slot = ${slot}::"Slot" and d."removedAt" is null
      and c.state <> 'removed'
      and (d.slot <> 'local' or a."nodeId" = g."nodeId")
    order by p."takenAt" desc`;
  return rows.map(({ sizeBytes, ...row }) => ({ ...row, sizeBytes: sizeBytes === null ? null : Number(sizeBytes) }));
}
