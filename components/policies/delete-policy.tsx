"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { toastDone } from "@/components/ui/toast";
import { formatCount } from "@/lib/client/format-size";
import { deletePolicy, policyQueries } from "@/lib/client/policies";
import type { PolicyView } from "@/lib/contracts/policies";

/** Ends a policy, after saying what stays. */
export function DeletePolicy({ policy }: { policy: PolicyView }) {
  const [isOpen, setIsOpen] = useState(false);
  const router = useRouter();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deletePolicy(policy.id),
    onSuccess: async () => {
      toastDone(`Deleted ${policy.name}`);
      await client.invalidateQueries({ queryKey: policyQueries.list().queryKey });
      router.push("/policies");
    },
    onError: (error) => {
      setIsOpen(false);
      tellFailure(`${policy.name} was not deleted`, error);
    },
  });
  return (
    <>
      <Button variant="danger" onClick={() => setIsOpen(true)}>
        Delete policy
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Delete ${policy.name}?`}
        actions={
          <>
            <Button onClick={() => setIsOpen(false)}>Cancel</Button>
            <Button variant="danger" onClick={() => remove.mutate()} isBusy={remove.isPending}>
              Delete policy
            </Button>
          </>
        }
      >
        It starts no more runs for {formatCount(policy.guestCount, "guest")}. Its past runs and every copy they made
        stay.
      </Dialog>
    </>
  );
}
