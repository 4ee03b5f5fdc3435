import type { Metadata } from "next";
import { RunsScreen } from "@/components/runs/runs-screen";
import { PageFrame } from "@/components/shell/page-frame";
import { policyQueries } from "@/lib/client/policies";
import { runQueries } from "@/lib/client/runs";
import { requirePageSession } from "@/lib/http/session";
import { listPolicies } from "@/lib/services/list-policies";
import { listRuns } from "@/lib/services/list-runs";
import { Hydrated } from "../hydrated";

export const metadata: Metadata = { title: "Runs" };

type RunsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function RunsPage({ searchParams }: RunsPageProps) {
  await requirePageSession();
  const isFiltered = Object.keys(await searchParams).length > 0;
  return (
    <PageFrame>
      <Hydrated
        fill={(client) =>
          Promise.all([
            client.prefetchQuery({ queryKey: policyQueries.list().queryKey, queryFn: () => listPolicies(new Date()) }),
            // A filtered list is asked for by the browser, which knows the zone its days are of.
            !isFiltered &&
              client.prefetchInfiniteQuery({
                ...runQueries.list(runQueries.unfiltered),
                queryFn: () => listRuns({ limit: runQueries.pageSize }, new Date()),
              }),
          ])
        }
      >
        <RunsScreen />
      </Hydrated>
    </PageFrame>
  );
}
