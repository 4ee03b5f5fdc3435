import { queryOptions } from "@tanstack/react-query";
import type { PolicyBodyInput } from "@/lib/contracts/policies";
import { getJson, send, sendJson } from "./api";

const contracts = () => import("@/lib/contracts/policies");
const policyView = async () => (await contracts()).policyViewSchema;

export const policyQueries = {
  all: ["policies"] as const,

  list: () =>
    queryOptions({
      queryKey: ["policies", "list"] as const,
      queryFn: ({ signal }) => getJson("/api/v1/policies", async () => (await contracts()).policyListSchema, signal),
    }),

  detail: (policyId: string) =>
    queryOptions({
      queryKey: ["policies", "detail", policyId] as const,
      queryFn: ({ signal }) => getJson(`/api/v1/policies/${policyId}`, policyView, signal),
    }),

  /** A policy as a form opened it: outside the keys that events refresh, so that nothing is replaced under typing hands. */
  forEditing: (policyId: string) =>
    queryOptions({
      queryKey: ["policy-form", policyId] as const,
      queryFn: ({ signal }) => getJson(`/api/v1/policies/${policyId}`, policyView, signal),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
};

export function createPolicy(body: PolicyBodyInput) {
  return sendJson("POST", "/api/v1/policies", body, policyView);
}

/** Refused with "conflict" when somebody saved another revision since. */
export function changePolicy(
  policyId: string,
  change: Partial<PolicyBodyInput> & { revision: number; confirmDeletions?: number },
) {
  return sendJson("PATCH", `/api/v1/policies/${policyId}`, change, policyView);
}

/** Its runs and copies stay. */
export function deletePolicy(policyId: string): Promise<void> {
  return send("DELETE", `/api/v1/policies/${policyId}`);
}
