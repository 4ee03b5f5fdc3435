import { queryOptions } from "@tanstack/react-query";
import { getJson } from "./api";

export const overviewQuery = queryOptions({
  queryKey: ["overview"] as const,
  queryFn: ({ signal }) =>
    getJson("/api/v1/overview", async () => (await import("@/lib/contracts/overview")).overviewSchema, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
