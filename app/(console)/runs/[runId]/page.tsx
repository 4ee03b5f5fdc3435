import type { Metadata } from "next";
import { RunDetailScreen } from "@/components/runs/run-detail-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Run" };

type RunPageProps = { params: Promise<{ runId: string }> };

export default async function RunPage({ params }: RunPageProps) {
  await requirePageSession();
  const { runId } = await params;
  return (
    <PageFrame width="fluid">
      <RunDetailScreen runId={runId} />
    </PageFrame>
  );
}
