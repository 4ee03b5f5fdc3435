import type { Metadata } from "next";
import { BackUpNow } from "@/components/overview/back-up-now";
import { OverviewScreen } from "@/components/overview/overview-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { overviewQuery } from "@/lib/client/overview";
import { requirePageSession } from "@/lib/http/session";
import { readOverview } from "@/lib/services/read-overview";
import { Hydrated } from "./hydrated";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  await requirePageSession();
  return (
    <PageFrame section="Overview" action={<BackUpNow />}>
      <Hydrated
        fill={(client) =>
          client.prefetchQuery({ queryKey: overviewQuery.queryKey, queryFn: () => readOverview(new Date()) })
        }
      >
        <OverviewScreen />
      </Hydrated>
    </PageFrame>
  );
}
