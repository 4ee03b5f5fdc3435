"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useNow, useTimeZone } from "@/components/live/clock";
import { useHasRole } from "@/components/shell/role";
import { useShortcuts } from "@/components/shell/shortcuts";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Card, Count } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { StateIcon } from "@/components/ui/state-icon";
import { formatRelative } from "@/lib/client/format-time";
import { retryRun, startRun } from "@/lib/client/runs";
import type { Attention, Overview } from "@/lib/contracts/overview";
import { CopyPips } from "./copy-pips";

/** What is wrong now, worst first, each with its cause, what is still safe, and the one thing that mends it. */
export function AttentionCard({ overview }: { overview: Overview }) {
  const { attention } = overview;
  return (
    <Card title="Needs attention" badge={attention.length > 0 && <Count>{attention.length}</Count>}>
      {attention.length === 0 ? (
        <NothingNeeded overview={overview} />
      ) : (
        <ul className="pt-1.5 pb-1">
          {attention.map((item, at) => (
            <AttentionRow key={`${item.objectType}-${item.objectId}-${item.title}`} item={item} position={at + 1} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function NothingNeeded({ overview }: { overview: Overview }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const [next] = overview.upcoming;
  return (
    <EmptyState>
      Nothing needs you.
      {next && ` Next: ${next.policyName} ${formatRelative(Date.parse(next.at), now, timeZone)}.`}
    </EmptyState>
  );
}

function AttentionRow({ item, position }: { item: Attention; position: number }) {
  const { severity, title, detail, pips, action } = item;
  return (
    <li className="grid grid-cols-[18px_minmax(0,1fr)_auto_auto] items-center gap-3 border-t border-line px-4 py-[11px] first:border-t-0 max-tablet:grid-cols-[18px_minmax(0,1fr)_auto] max-tablet:gap-y-2.5">
      <span className="max-tablet:self-start max-tablet:pt-px">
        <StateIcon
          shape={severity === "fail" ? "octagon" : "alert"}
          tone={severity === "fail" ? "bad" : "warning"}
          size="large"
          label={severity === "fail" ? "Failed" : "Warning"}
        />
      </span>
      <div className="min-w-0">
        <p className="line-clamp-2 text-[13.5px] font-strong wrap-anywhere" title={title}>
          {title}
        </p>
        <p className="line-clamp-2 text-meta wrap-anywhere text-fg3" title={detail}>
          {detail}
        </p>
      </div>
      {pips ? <CopyPips copies={pips} /> : <span />}
      {action && (
        <span className="grid min-w-[104px] max-tablet:col-start-2 max-tablet:row-start-2 max-tablet:justify-start">
          <AttentionAction action={action} title={title} position={position} />
        </span>
      )}
    </li>
  );
}

type ActionProps = { action: NonNullable<Attention["action"]>; title: string; position: number };

function AttentionAction({ action, title, position }: ActionProps) {
  const router = useRouter();
  const mayRun = useHasRole("operator");
  const act = useMutation({
    mutationFn: async () => {
      if (action.kind === "link") return action.href;
      if (action.kind === "start_run") return `/runs/${(await startRun(action.policyId, action.guestIds)).id}`;
      await retryRun(action.runId);
      return `/runs/${action.runId}`;
    },
    onSuccess: (href) => router.push(href),
    onError: (error) => tellFailure(`${action.label} did not work: ${title}`, error),
  });
  const isAllowed = mayRun || action.kind === "link";
  useShortcuts(isAllowed ? { [String(position)]: () => act.mutate() } : {});

  if (!isAllowed) return null;
  if (action.kind === "link") return <ButtonLink href={action.href}>{action.label}</ButtonLink>;
  return (
    <Button onClick={() => act.mutate()} isBusy={act.isPending}>
      {action.label}
    </Button>
  );
}
