"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatCount } from "@/lib/client/format-size";

type DeletionDialogProps = { count: number; onClose: () => void; onConfirm: () => void };

/** No deletion nobody saw coming: the number has to be typed before a save that deletes. */
export function DeletionDialog({ count, onClose, onConfirm }: DeletionDialogProps) {
  const [typed, setTyped] = useState("");
  const copies = formatCount(count, "copy", "copies");
  const isTyped = typed.trim() === String(count);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Save and delete ${copies}?`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" isDisabled={!isTyped} onClick={onConfirm}>
            Save and delete {copies}
          </Button>
        </>
      }
    >
      <p>
        With these rules {copies} of this policy are not kept any more. The newest good copy of a guest, pinned points
        and local archives that are not yet good on a remote stay in any case.
      </p>
      <div className="mt-3">
        <Field label={`Type ${count} to go on`}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              width="small"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && isTyped && onConfirm()}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
