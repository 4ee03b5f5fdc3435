"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { QueryError } from "@/components/shell/query-error";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Radio } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, FieldGroup } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { formatCount } from "@/lib/client/format-size";
import { allGuestsQuery } from "@/lib/client/guests";
import { policyQueries } from "@/lib/client/policies";
import { startRun } from "@/lib/client/runs";
import type { GuestView } from "@/lib/contracts/guests";
import type { PolicyView } from "@/lib/contracts/policies";
import { guestLabel } from "@/lib/domain/guest";

type BackUpNowDialogProps = { isOpen: boolean; onClose: () => void };

/** Asks which policy runs now, and whether for all its guests or only for those that need it. */
export function BackUpNowDialog({ isOpen, onClose }: BackUpNowDialogProps) {
  const policies = useQuery({ ...policyQueries.list(), enabled: isOpen });
  const guests = useQuery({ ...allGuestsQuery, enabled: isOpen });
  if (!isOpen) return null;
  if (policies.error) {
    return (
      <Dialog isOpen onClose={onClose} title="Back up now">
        <QueryError what="the policies" error={policies.error} onRetry={() => void policies.refetch()} />
      </Dialog>
    );
  }
  if (policies.isPending || guests.isPending) {
    return (
      <Dialog isOpen onClose={onClose} title="Back up now">
        <SkeletonRows count={3} label="Loading the policies" />
      </Dialog>
    );
  }
  const [first] = policies.data.items;
  if (!first) return <NoPolicyDialog onClose={onClose} />;
  return <ChoiceDialog policies={policies.data.items} first={first} guests={guests.data ?? []} onClose={onClose} />;
}

function NoPolicyDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Back up now"
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <ButtonLink href="/policies/new" variant="primary">
            New policy
          </ButtonLink>
        </>
      }
    >
      There is no policy yet. It says which guests are backed up, and where to.
    </Dialog>
  );
}

type ChoiceDialogProps = { policies: PolicyView[]; first: PolicyView; guests: GuestView[]; onClose: () => void };

function ChoiceDialog({ policies, first, guests, onClose }: ChoiceDialogProps) {
  const router = useRouter();
  const needy = guests.filter((guest) => guest.state === "at_risk" || guest.state === "unprotected");
  const needyOf = (policyId: string) => needy.filter((guest) => guest.policyIds.includes(policyId));
  const [policy, setPolicy] = useState(policies.find(({ id }) => needyOf(id).length > 0) ?? first);
  const needyHere = needyOf(policy.id);
  const [scope, setScope] = useState<"needy" | "all">(needyHere.length > 0 ? "needy" : "all");
  const isPart = scope === "needy" && needyHere.length > 0;
  const start = useMutation({
    mutationFn: () => startRun(policy.id, isPart ? needyHere.map(({ id }) => id) : undefined),
    onSuccess: (run) => router.push(`/runs/${run.id}`),
    onError: (error) => {
      tellFailure(`${policy.name} was not started`, error);
      onClose();
    },
  });
  const count = isPart ? needyHere.length : policy.guestCount;

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Back up now"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={() => start.mutate()} isBusy={start.isPending}>
            Back up {formatCount(count, "guest")}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 text-fg">
        <Field label="Policy" hint={policy.sentence}>
          {(control) => (
            <Select
              {...control}
              value={policy.id}
              onChange={(event) => setPolicy(policies.find(({ id }) => id === event.target.value) ?? first)}
            >
              {policies.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {needyHere.length > 0 && (
          <FieldGroup legend="Guests">
            <Radio
              name="scope"
              checked={scope === "needy"}
              onChange={() => setScope("needy")}
              label={`Only ${formatCount(needyHere.length, "guest")} at risk or unprotected`}
              hint={needyHere.slice(0, 4).map(guestLabel).join(", ") + (needyHere.length > 4 ? " …" : "")}
            />
            <Radio
              name="scope"
              checked={scope === "all"}
              onChange={() => setScope("all")}
              label={`All ${formatCount(policy.guestCount, "guest")} of the policy`}
            />
          </FieldGroup>
        )}
      </div>
    </Dialog>
  );
}
