import { queryOptions } from "@tanstack/react-query";
import type { GuestView } from "@/lib/contracts/guests";
import { getJson } from "./api";
import { searchText } from "./search-text";

/** Every guest there is, page by page: what forms choose from. Ten pages of 200 are more than a cluster holds. */
export const allGuestsQuery = queryOptions({
  queryKey: ["guests", "all"] as const,
  queryFn: async ({ signal }) => {
    const guests: GuestView[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 10; page++) {
      const answer: { items: GuestView[]; nextCursor: string | null } = await getJson(
        `/api/v1/guests${searchText({ cursor, limit: 200 })}`,
        async () => (await import("@/lib/contracts/guests")).guestListSchema,
        signal,
      );
      guests.push(...answer.items);
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    return guests;
  },
  staleTime: 60_000,
});
