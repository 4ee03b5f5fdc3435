import type { Metadata } from "next";
import { RunDetailScreen } from "@/components/runs/run-detail-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { runQueries } from "@/lib/client/runs";
import { requirePageSession } from "@/lib/http/session";
import { readRun } from "@/lib/services/read-run";
import { Hydrated } from "../../hydrated";

export const metadata: Metadata = { title: "Run" };

type RunPageProps = { params: Promise<{ runId: string }> };

export default async function RunPage({ params }: RunPageProps) {
  await requirePageSession();
  const { runId } = await params;
  return (
    <PageFrame width="fluid">
      <Hydrated
        fill={(client) =>
          client.prefetchQuery({
            queryKey: runQueries.detail(runId).queryKey,
            queryFn: () => readRun(runId, new Date()),
          })
        }
      >
        <RunDetailScreen runId={runId} />
      </Hydrated>
    </PageFrame>
  );
}
