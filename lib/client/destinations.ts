import { queryOptions } from "@tanstack/react-query";
import { destinationListSchema } from "@/lib/contracts/destinations";
import { getJson } from "./api";

export const destinationsQuery = queryOptions({
  queryKey: ["destinations"] as const,
  queryFn: ({ signal }) => getJson("/api/v1/destinations", destinationListSchema, signal),
  staleTime: 60_000,
});
