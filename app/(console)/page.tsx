import type { Metadata } from "next";
import { BackUpNow } from "@/components/overview/back-up-now";
import { OverviewScreen } from "@/components/overview/overview-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  await requirePageSession();
  return (
    <PageFrame section="Overview" action={<BackUpNow />}>
      <OverviewScreen />
    </PageFrame>
  );
}
