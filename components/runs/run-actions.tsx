"use client";

import { useMutation } from "@tanstack/react-query";
import { Play, RotateCcw, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useHasRole } from "@/components/shell/role";
import { useShortcuts } from "@/components/shell/shortcuts";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { toastDone } from "@/components/ui/toast";
import { formatCount } from "@/lib/client/format-size";
import { retryRun, startRun } from "@/lib/client/runs";
import type { RunDetail } from "@/lib/contracts/runs";
import { isRunOver } from "@/lib/domain/run";
import { CancelRunDialog } from "./cancel-run-dialog";

/** What an operator may do with a run: end it while it works, repeat what failed or all of it afterwards. */
export function RunActions({ run }: { run: RunDetail }) {
  const mayRun = useHasRole("operator");
  const router = useRouter();
  const [isCancelling, setIsCancelling] = useState(false);
  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: () => toastDone(`Retrying what failed in ${run.policyName} #${run.number}`),
    onError: (error) => tellFailure("Nothing was retried", error),
  });
  const again = useMutation({
    mutationFn: (policyId: string) => startRun(policyId),
    onSuccess: (started) => router.push(`/runs/${started.id}`),
    onError: (error) => tellFailure(`${run.policyName} was not started`, error),
  });

  const isOver = isRunOver(run.status);
  const canCancel = mayRun && !isOver && run.cancelRequestedAt === null;
  const canRetry = mayRun && isOver && run.failedStepCount > 0;
  useShortcuts({
    ...(canCancel && { "Shift+C": () => setIsCancelling(true) }),
    ...(canRetry && { "Shift+R": () => retry.mutate() }),
  });

  if (!mayRun) return null;
  return (
    <div className="flex gap-2 max-tablet:mt-3 max-tablet:*:flex-1">
      {canRetry && (
        <Button onClick={() => retry.mutate()} isBusy={retry.isPending}>
          <RotateCcw aria-hidden />
          Retry failed <span className="text-fg3 tabular-nums">{run.failedStepCount}</span>
          <span className="sr-only">{run.failedStepCount === 1 ? "step" : "steps"}</span>
        </Button>
      )}
      {isOver && run.policyId !== null && (
        <Button onClick={() => run.policyId && again.mutate(run.policyId)} isBusy={again.isPending}>
          <Play aria-hidden />
          {run.status === "missed" ? "Run now" : "Run again"}
        </Button>
      )}
      {canCancel && (
        <Button variant="danger" onClick={() => setIsCancelling(true)}>
          <X aria-hidden />
          Cancel run
        </Button>
      )}
      {!isOver && run.cancelRequestedAt !== null && (
        <p className="self-center text-table text-fg2" role="status">
          {run.cancelledBy ? `Stopping, asked by ${run.cancelledBy}` : "Stopping"}
        </p>
      )}
      <CancelRunDialog
        run={run}
        isOpen={isCancelling && !isOver}
        onClose={() => setIsCancelling(false)}
        onDone={() => toastDone(`Stopping ${run.policyName}, ${formatCount(run.guestCounts.running, "running guest")}`)}
      />
    </div>
  );
}
