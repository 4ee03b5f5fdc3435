import { queryOptions } from "@tanstack/react-query";
import { type PolicyBodyInput, policyListSchema, policyViewSchema } from "@/lib/contracts/policies";
import { getJson, sendJson } from "./api";

export const policyQueries = {
  all: ["policies"] as const,

  list: () =>
    queryOptions({
      queryKey: ["policies", "list"] as const,
      queryFn: ({ signal }) => getJson("/api/v1/policies", policyListSchema, signal),
    }),

  detail: (policyId: string) =>
    queryOptions({
      queryKey: ["policies", "detail", policyId] as const,
      queryFn: ({ signal }) => getJson(`/api/v1/policies/${policyId}`, policyViewSchema, signal),
    }),
};

export function createPolicy(body: PolicyBodyInput) {
  return sendJson("POST", "/api/v1/policies", body, policyViewSchema);
}

/** Refused with "conflict" when somebody saved another revision since. */
export function changePolicy(
  policyId: string,
  change: Partial<PolicyBodyInput> & { revision: number; confirmDeletions?: number },
) {
  return sendJson("PATCH", `/api/v1/policies/${policyId}`, change, policyViewSchema);
}
