import { queryOptions } from "@tanstack/react-query";
import { getJson } from "./api";

export const destinationsQuery = queryOptions({
  queryKey: ["destinations"] as const,
  queryFn: ({ signal }) =>
    getJson(
      "/api/v1/destinations",
      async () => (await import("@/lib/contracts/destinations")).destinationListSchema,
      signal,
    ),
  staleTime: 60_000,
});
