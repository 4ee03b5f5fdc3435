"use client";

import { useQuery } from "@tanstack/react-query";
import { useTimeZone } from "@/components/live/clock";
import { QueryError } from "@/components/shell/query-error";
import { useHasRole } from "@/components/shell/role";
import { Breadcrumb } from "@/components/ui/breadcrumb";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { destinationsQuery } from "@/lib/client/destinations";
import { allGuestsQuery } from "@/lib/client/guests";
import { policyQueries } from "@/lib/client/policies";
import { DeletePolicy } from "./delete-policy";
import { PolicyForm } from "./policy-form";

/** A new policy, or the one with this id. */
export function PolicyFormScreen({ policyId }: { policyId: string | null }) {
  const mayEdit = useHasRole("admin");
  const timeZone = useTimeZone();
  const policy = useQuery({ ...policyQueries.forEditing(policyId ?? ""), enabled: policyId !== null });
  const guests = useQuery(allGuestsQuery);
  const destinations = useQuery(destinationsQuery);
  const policies = useQuery(policyQueries.list());
  const isWaiting =
    guests.isPending || destinations.isPending || policies.isPending || (policyId !== null && policy.isPending);

  const title = policyId === null ? "New policy" : (policy.data?.name ?? "Policy");
  const failed = [policy, guests, destinations, policies].find((query) => query.error && !query.data);
  return (
    <div className="grid gap-4">
      <div className="flex items-end justify-between gap-4">
        <div className="min-w-0">
          <Breadcrumb crumbs={[{ label: "Policies", href: "/policies" }, { label: title }]} />
          <h1 className="truncate text-title font-heading" title={title}>
            {title}
          </h1>
        </div>
        {mayEdit && policy.data && <DeletePolicy policy={policy.data} />}
      </div>
      {failed?.error && <QueryError what="the form" error={failed.error} onRetry={() => void failed.refetch()} />}
      {!mayEdit && <EmptyState>You need the Admin role to change a policy. {policy.data?.sentence}</EmptyState>}
      {mayEdit && !failed && isWaiting && <SkeletonRows count={10} label="Loading the form" />}
      {mayEdit && !failed && !isWaiting && guests.data && destinations.data && policies.data && (
        <PolicyForm
          key={policy.data?.revision ?? "new"}
          policy={policy.data ?? null}
          guests={guests.data}
          slotsThere={destinations.data.items.map(({ slot }) => slot)}
          timeZone={timeZone}
          takenNames={policies.data.items.map(({ name }) => name)}
        />
      )}
    </div>
  );
}
