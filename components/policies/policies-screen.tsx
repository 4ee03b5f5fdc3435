"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { RelativeTime } from "@/components/live/clock";
import { useTopics } from "@/components/live/live-provider";
import { runStatusLook, runStatusText } from "@/components/runs/run-status";
import { QueryError } from "@/components/shell/query-error";
import { useHasRole } from "@/components/shell/role";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Switch } from "@/components/ui/choice";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { StateIcon } from "@/components/ui/state-icon";
import { toastDone } from "@/components/ui/toast";
import { changePolicy, policyQueries } from "@/lib/client/policies";
import { startRun } from "@/lib/client/runs";
import type { PolicyView } from "@/lib/contracts/policies";

/** What is planned, and did it happen? */
export function PoliciesScreen() {
  useTopics(["overview"]);
  const mayEdit = useHasRole("admin");
  const { data, error, refetch } = useQuery(policyQueries.list());
  return (
    <div className="grid gap-4">
      <div className="flex items-end justify-between gap-4">
        <h1 className="text-title font-heading">Policies</h1>
        {mayEdit && data && data.items.length > 0 && (
          <ButtonLink href="/policies/new" variant="primary">
            <Plus aria-hidden />
            New policy
          </ButtonLink>
        )}
      </div>
      <section aria-label="Policies" className="min-w-0 rounded-card border border-line bg-surface shadow-hair">
        {error && !data && <QueryError what="the policies" error={error} onRetry={() => void refetch()} />}
        {!error && !data && <SkeletonRows count={4} height={34} label="Loading the policies" />}
        {data?.items.length === 0 && (
          <EmptyState
            action={
              mayEdit && (
                <ButtonLink href="/policies/new" variant="primary">
                  New policy
                </ButtonLink>
              )
            }
          >
            No policy yet. A policy says which guests are backed up, when, where to and for how long.
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <ul>
            {data.items.map((policy) => (
              <PolicyRow key={policy.id} policy={policy} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function PolicyRow({ policy }: { policy: PolicyView }) {
  const mayEdit = useHasRole("admin");
  const mayRun = useHasRole("operator");
  const router = useRouter();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => startRun(policy.id),
    onSuccess: (run) => router.push(`/runs/${run.id}`),
    onError: (error) => tellFailure(`${policy.name} was not started`, error),
  });
  const toggle = useMutation({
    mutationFn: (isEnabled: boolean) => changePolicy(policy.id, { revision: policy.revision, isEnabled }),
    onSuccess: ({ isEnabled }) => toastDone(isEnabled ? `${policy.name} is on` : `${policy.name} is off`),
    onError: (error) => tellFailure(`${policy.name} was not changed`, error),
    onSettled: () => client.invalidateQueries({ queryKey: policyQueries.list().queryKey }),
  });
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_150px_220px_auto] items-center gap-x-6 gap-y-2 border-b border-line/70 px-4 py-3 last:border-b-0 max-desktop:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0 max-tablet:col-span-full">
        <Link
          href={`/policies/${policy.id}/edit`}
          title={policy.name}
          className="block truncate text-body font-strong hover:text-accent hover:underline"
        >
          {policy.name}
        </Link>
        <p className="line-clamp-2 text-meta text-fg2" title={policy.sentence}>
          {policy.sentence}
        </p>
      </div>
      <NextRun policy={policy} />
      <LastRun policy={policy} />
      <div className="flex items-center justify-end gap-2 max-desktop:col-start-2 max-desktop:row-start-1 max-tablet:col-span-full max-tablet:row-start-auto max-tablet:justify-between">
        {mayRun && (
          <Button size="small" onClick={() => start.mutate()} isBusy={start.isPending}>
            Run now
          </Button>
        )}
        {mayEdit && (
          <Switch
            label={policy.isEnabled ? `Switch ${policy.name} off` : `Switch ${policy.name} on`}
            isOn={policy.isEnabled}
            isBusy={toggle.isPending}
            onChange={(isEnabled) => toggle.mutate(isEnabled)}
          />
        )}
      </div>
    </li>
  );
}

function NextRun({ policy }: { policy: PolicyView }) {
  return (
    <p className="text-meta tabular-nums">
      <span className="block text-axis text-fg3">Next run</span>
      {!policy.isEnabled && <span className="text-fg2">Off, nothing is planned</span>}
      {policy.isEnabled && policy.nextRunAt && <RelativeTime at={policy.nextRunAt} />}
      {policy.isEnabled && !policy.nextRunAt && <span className="text-warn-text">Never comes</span>}
      {policy.pausedUntil && (
        <span className="block text-warn-text">
          Paused until <RelativeTime at={policy.pausedUntil} />
        </span>
      )}
    </p>
  );
}

function LastRun({ policy }: { policy: PolicyView }) {
  const { lastRun, missedCount30d } = policy;
  return (
    <div className="text-meta tabular-nums">
      <span className="block text-axis text-fg3">Last run</span>
      {lastRun ? (
        <Link
          href={`/runs/${lastRun.id}`}
          className="inline-flex max-w-full items-center gap-1.5 hover:text-accent hover:underline"
        >
          <StateIcon
            shape={runStatusLook[lastRun.status].shape}
            tone={runStatusLook[lastRun.status].tone}
            size="small"
          />
          <span className="truncate">
            {runStatusText(lastRun)}, <RelativeTime at={lastRun.startedAt ?? lastRun.dueAt ?? lastRun.queuedAt} />
          </span>
        </Link>
      ) : (
        <span className="text-fg2">None yet</span>
      )}
      {missedCount30d > 0 && <span className="block text-fail-text">{missedCount30d} missed in 30 days</span>}
    </div>
  );
}
