"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNow, useTimeZone } from "@/components/live/clock";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatMoment } from "@/lib/client/format-time";
import { policyQueries } from "@/lib/client/policies";

type SaveConflictDialogProps = { policyId: string; onClose: () => void; onKeepMine: (revision: number) => void };

/** Somebody else saved meanwhile: theirs, or mine over it. */
export function SaveConflictDialog({ policyId, onClose, onKeepMine }: SaveConflictDialogProps) {
  const client = useQueryClient();
  const now = useNow();
  const timeZone = useTimeZone();
  const { data: theirs } = useQuery({ ...policyQueries.detail(policyId), staleTime: 0, refetchOnMount: "always" });
  const takeTheirs = async () => {
    await client.invalidateQueries({ queryKey: policyQueries.all });
    location.reload();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="This policy was changed meanwhile"
      actions={
        <>
          <Button onClick={onClose}>Back to my form</Button>
          <Button onClick={() => void takeTheirs()}>Use theirs</Button>
          <Button variant="danger" isDisabled={!theirs} onClick={() => theirs && onKeepMine(theirs.revision)}>
            Keep mine
          </Button>
        </>
      }
    >
      <p>
        Somebody saved it{theirs && ` at ${formatMoment(Date.parse(theirs.updatedAt), now, timeZone)}`}. Your changes
        are still here.
      </p>
      {theirs && <p className="mt-2">Theirs: {theirs.sentence}</p>}
    </Dialog>
  );
}
