import type { Metadata } from "next";
import { RunsScreen } from "@/components/runs/runs-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { requirePageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage() {
  await requirePageSession();
  return (
    <PageFrame>
      <RunsScreen />
    </PageFrame>
  );
}
