import type { Metadata } from "next";
import { PoliciesScreen } from "@/components/policies/policies-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage() {
  await requirePageSession();
  return (
    <PageFrame>
      <PoliciesScreen />
    </PageFrame>
  );
}
