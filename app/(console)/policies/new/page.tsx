import type { Metadata } from "next";
import { PolicyFormScreen } from "@/components/policies/policy-form-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "New policy" };

export default async function NewPolicyPage() {
  await requirePageSession();
  return (
    <PageFrame>
      <PolicyFormScreen policyId={null} />
    </PageFrame>
  );
}
