"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/lib/client/format-size";
import { cancelRun, runQueries } from "@/lib/client/runs";
import type { RunDetail } from "@/lib/contracts/runs";

type CancelRunDialogProps = { run: RunDetail; isOpen: boolean; onClose: () => void; onDone: () => void };

/** Says what a stop keeps and what it loses before it is done. */
export function CancelRunDialog({ run, isOpen, onClose, onDone }: CancelRunDialogProps) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: (mode: "stop" | "finish_running") => cancelRun(run.id, mode),
    onSuccess: () => {
      onDone();
      return client.invalidateQueries({ queryKey: runQueries.detail(run.id).queryKey });
    },
    onError: (error) => tellFailure(`${run.policyName} was not stopped`, error),
    onSettled: onClose,
  });
  const { done, running } = run.guestCounts;

  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Stop ${run.policyName}?`}
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          {running > 0 && (
            <Button onClick={() => cancel.mutate("finish_running")} isBusy={cancel.isPending}>
              Finish running guests
            </Button>
          )}
          <Button variant="danger" onClick={() => cancel.mutate("stop")} isBusy={cancel.isPending}>
            Stop run
          </Button>
        </>
      }
    >
      <p>
        {formatCount(done, "finished guest")} {done === 1 ? "keeps its" : "keep their"} copies.{" "}
        {running > 0
          ? `${formatCount(running, "running guest")} ${running === 1 ? "stops and its" : "stop and their"} partial files are removed.`
          : "No guest is running now."}
      </p>
      {running > 0 && <p className="mt-2">“Finish running guests” lets them end and starts no more.</p>}
    </Dialog>
  );
}
