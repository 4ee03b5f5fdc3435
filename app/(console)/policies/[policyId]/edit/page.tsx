import type { Metadata } from "next";
import { PolicyFormScreen } from "@/components/policies/policy-form-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Edit policy" };

type EditPolicyPageProps = { params: Promise<{ policyId: string }> };

export default async function EditPolicyPage({ params }: EditPolicyPageProps) {
  await requirePageSession();
  const { policyId } = await params;
  return (
    <PageFrame>
      <PolicyFormScreen policyId={policyId} />
    </PageFrame>
  );
}
