"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { tellFailure } from "@/components/shell/tell-failure";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toastDone } from "@/components/ui/toast";
import { ProblemError } from "@/lib/client/api";
import { changePolicy, createPolicy, policyQueries } from "@/lib/client/policies";
import type { GuestView } from "@/lib/contracts/guests";
import type { PolicyBodyInput, PolicyView } from "@/lib/contracts/policies";
import type { Slot } from "@/lib/domain/destination";
import { DeletionDialog } from "./deletion-dialog";
import { ErrorSummary } from "./error-summary";
import { FormSection } from "./form-section";
import { GuestsSection } from "./guests-section";
import { HowSection } from "./how-section";
import { KeepSection } from "./keep-section";
import { bodyOf, draftOf, newDraft, type PolicyDraft } from "./policy-draft";
import { type FieldErrors, PolicyFormProvider } from "./policy-form-state";
import { PhonePreview, PolicyPreview } from "./policy-preview";
import { ProveSection } from "./prove-section";
import { SaveConflictDialog } from "./save-conflict-dialog";
import { UnsavedGuard } from "./unsaved-guard";
import { WhenSection } from "./when-section";
import { WhereSection } from "./where-section";

type PolicyFormProps = {
  policy: PolicyView | null;
  guests: readonly GuestView[];
  slotsThere: readonly Slot[];
  timeZone: string;
  takenNames: readonly string[];
};

/** What was wrong, and with which values. */
type Refused = { errors: FieldErrors; body: PolicyBodyInput };

const noErrors: FieldErrors = {};

type Save = { revision: number; confirmDeletions?: number };

/** One page of questions, with what they mean beside them. Nothing is sent before Save. */
export function PolicyForm({ policy, guests, slotsThere, timeZone, takenNames }: PolicyFormProps) {
  const router = useRouter();
  const client = useQueryClient();
  const [saved, setSaved] = useState<PolicyDraft>(() =>
    policy ? draftOf(policy) : newDraft(timeZone, slotsThere, takenNames),
  );
  const [draft, setDraft] = useState(saved);
  const [refused, setRefused] = useState<Refused | null>(null);
  const errors = refused ? errorsStillTrue(refused, bodyOf(draft)) : noErrors;
  const [asking, setAsking] = useState<{ kind: "conflict" } | { kind: "deletions"; count: number } | null>(null);
  const summary = useRef<HTMLDivElement>(null);
  const isDirty = JSON.stringify(draft) !== JSON.stringify(saved);

  const showErrors = (found: FieldErrors) => {
    flushSync(() => setRefused({ errors: found, body: bodyOf(draft) }));
    summary.current?.focus();
  };
  const save = useMutation({
    mutationFn: ({ body, how }: { body: PolicyBodyInput; how: Save }) =>
      policy ? changePolicy(policy.id, { ...body, ...how }) : createPolicy(body),
    onSuccess: async (result) => {
      setSaved(draft);
      await client.invalidateQueries({ queryKey: policyQueries.all });
      toastDone(`Saved ${result.name}`);
      router.push("/policies");
    },
    onError: (error) => {
      const deletions = deletionsAskedBy(error);
      if (deletions !== null) setAsking({ kind: "deletions", count: deletions });
      else if (error instanceof ProblemError && error.problem.code === "conflict") setAsking({ kind: "conflict" });
      else if (error instanceof ProblemError && Object.keys(error.fields).length > 0) showErrors(error.fields);
      else tellFailure(`${draft.name || "The policy"} was not saved`, error);
    },
  });
  const submit = async (how: Save = { revision: policy?.revision ?? 1 }) => {
    setAsking(null);
    const body = bodyOf(draft);
    const found = await errorsIn(body);
    if (Object.keys(found).length > 0) return showErrors(found);
    setRefused(null);
    save.mutate({ body, how });
  };

  return (
    <PolicyFormProvider
      value={{ draft, change: (part) => setDraft({ ...draft, ...part }), errors, guests, slotsThere }}
    >
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
        className="grid items-start gap-4 desktop:grid-cols-[minmax(0,1fr)_400px]"
      >
        <div className="grid gap-4">
          <ErrorSummary ref={summary} errors={errors} />
          <PhonePreview />
          <div className="rounded-card border border-line bg-surface shadow-hair">
            <NameSection draft={draft} error={errors.name} onChange={(name) => setDraft({ ...draft, name })} />
            <GuestsSection />
            <WhenSection />
            <HowSection />
            <WhereSection />
            <KeepSection />
            <ProveSection />
          </div>
          <div className="flex justify-end gap-2 max-tablet:*:flex-1">
            <ButtonLink href="/policies">Cancel</ButtonLink>
            <Button type="submit" variant="primary" isBusy={save.isPending}>
              {save.isPending ? "Saving" : "Save policy"}
            </Button>
          </div>
        </div>
        <aside aria-label="Preview" className="sticky top-18 max-desktop:static max-tablet:hidden">
          <PolicyPreview />
        </aside>
      </form>
      <UnsavedGuard isOn={isDirty && !save.isPending && !save.isSuccess} name={saved.name || "the policy"} />
      {asking?.kind === "conflict" && policy && (
        <SaveConflictDialog
          policyId={policy.id}
          onClose={() => setAsking(null)}
          onKeepMine={(revision) => void submit({ revision })}
        />
      )}
      {asking?.kind === "deletions" && policy && (
        <DeletionDialog
          count={asking.count}
          onClose={() => setAsking(null)}
          onConfirm={() => void submit({ revision: policy.revision, confirmDeletions: asking.count })}
        />
      )}
    </PolicyFormProvider>
  );
}

function NameSection(props: { draft: PolicyDraft; error: string | undefined; onChange: (name: string) => void }) {
  return (
    <FormSection id="name" title="Name">
      <Field label={<span className="sr-only">Name</span>} error={props.error}>
        {(control) => (
          <Input
            {...control}
            width="medium"
            maxLength={100}
            value={props.draft.name}
            onChange={(event) => props.onChange(event.target.value)}
          />
        )}
      </Field>
    </FormSection>
  );
}

/** An error stands as long as the value it was said of: whoever mends one sees the others still. */
function errorsStillTrue({ errors, body }: Refused, now: PolicyBodyInput): FieldErrors {
  const isSame = (path: string) => JSON.stringify(valueAt(body, path)) === JSON.stringify(valueAt(now, path));
  return Object.fromEntries(Object.entries(errors).filter(([path]) => isSame(path)));
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}

/** What the contract finds wrong, by path; the first reason of each. */
async function errorsIn(body: PolicyBodyInput): Promise<FieldErrors> {
  const { policyBodySchema } = await import("@/lib/contracts/policies");
  const parsed = policyBodySchema.safeParse(body);
  const errors: FieldErrors = {};
  for (const issue of parsed.error?.issues ?? []) errors[issue.path.join(".")] ??= issue.message;
  return errors;
}

/** How many copies a refused save would have deleted; null when that was not the reason. */
function deletionsAskedBy(error: Error): number | null {
  if (!(error instanceof ProblemError)) return null;
  const count = /\d+/.exec(error.fields.confirmDeletions ?? "")?.[0];
  return count === undefined ? null : Number(count);
}
