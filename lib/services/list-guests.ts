import { z } from "zod";
import type { GuestList, GuestView, listGuestsQuerySchema } from "@/lib/contracts/guests";
import { findGuest, type GuestWithNode, pageOfGuests, placeOf, sumPoints } from "@/lib/db/read-guests";
import { AppError } from "@/lib/domain/errors";
import { decodeCursor, encodeCursor } from "./cursor";
import { protectGuests, readCovering } from "./protect-guests";

const cursorKeySchema = z.strictObject({ vmid: z.int(), key: z.string().max(300), incarnation: z.int() });

/** Guests by VMID, nodes' own configurations last, each with its protection. */
export async function listGuests(query: z.output<typeof listGuestsQuerySchema>, now: Date): Promise<GuestList> {
  const { rows, total } = await pageOfGuests(
    { text: query.q, type: query.type, nodeName: query.node },
    { after: decodeCursor(query.cursor, cursorKeySchema), limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await describeGuests(page, now),
    nextCursor: rows.length > page.length && last ? encodeCursor(placeOf(last)) : null,
    total,
    serverTime: now.toISOString(),
  };
}

/** One guest. Fails with not_found. */
export async function readGuest(guestId: string, now: Date): Promise<GuestView> {
  const row = await findGuest(guestId);
  const [view] = row ? await describeGuests([row], now) : [];
  if (!view) throw new AppError("not_found", "There is no guest with this id.");
  return view;
}

async function describeGuests(guests: readonly GuestWithNode[], now: Date): Promise<GuestView[]> {
  const [sums, covering] = await Promise.all([sumPoints(guests.map(({ id }) => id)), readCovering(now)]);
  const keptCopyCounts = new Map([...sums].map(([guestId, { copyCount }]) => [guestId, copyCount]));
  const protections = await protectGuests(guests, covering, now, keptCopyCounts);
  return guests.flatMap((guest) => {
    const protection = protections.get(guest.id);
    if (!protection) return [];
    const sum = sums.get(guest.id);
    return [
      {
        id: guest.id,
        type: guest.type,
        vmid: guest.vmid,
        name: guest.name,
        nodeName: guest.node.name,
        tags: guest.tags,
        incarnation: guest.incarnation,
        isRunning: guest.isRunning,
        policyIds: protection.policyIds,
        state: protection.state,
        reasonCode: protection.reasonCode,
        reasonText: protection.reasonText,
        targetSeconds: protection.targetSeconds,
        lastGoodAt: protection.lastGoodAt?.toISOString() ?? null,
        copies: toPips(protection),
        newestSizeBytes: sum?.newestSizeBytes ?? null,
        pointCount: sum?.pointCount ?? 0,
      },
    ];
  });
}

export function toPips({ pips }: { pips: readonly (Omit<GuestView["copies"][number], "at"> & { at: Date | null })[] }) {
  return pips.map((pip) => ({ ...pip, at: pip.at?.toISOString() ?? null }));
}
