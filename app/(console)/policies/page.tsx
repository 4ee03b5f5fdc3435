import type { Metadata } from "next";
import { PoliciesScreen } from "@/components/policies/policies-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { policyQueries } from "@/lib/client/policies";
import { requirePageSession } from "@/lib/http/session";
import { listPolicies } from "@/lib/services/list-policies";
import { Hydrated } from "../hydrated";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage() {
  await requirePageSession();
  return (
    <PageFrame>
      <Hydrated
        fill={(client) =>
          client.prefetchQuery({ queryKey: policyQueries.list().queryKey, queryFn: () => listPolicies(new Date()) })
        }
      >
        <PoliciesScreen />
      </Hydrated>
    </PageFrame>
  );
}
