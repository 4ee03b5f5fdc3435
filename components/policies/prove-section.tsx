"use client";

import { Checkbox, Radio } from "@/components/ui/choice";
import { Field, FieldError, FieldGroup } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Proof } from "@/lib/domain/destination";
import { FormSection, More } from "./form-section";
import { errorAt, usePolicyForm } from "./policy-form-state";

const proofs = [
  { proof: "P1", label: "Size", hint: "The copy is there and has the right size" },
  { proof: "P2", label: "Checksum", hint: "Its checksum equals that of the archive" },
  { proof: "P3", label: "Readable", hint: "It was read to its end without an error" },
] as const satisfies { proof: Proof; label: string; hint: string }[];

/** What a copy must have passed to count as good. */
export function ProveSection() {
  const { draft, change, errors } = usePolicyForm();
  return (
    <>
      <FormSection id="prove" title="Prove">
        <FieldGroup legend="A copy counts as good with" isLegendHidden>
          <div className="grid gap-x-6 gap-y-1 tablet:grid-cols-3">
            {proofs.map(({ proof, label, hint }) => (
              <Radio
                key={proof}
                name="proof"
                label={`${label} (${proof})`}
                hint={hint}
                checked={draft.requiredProof === proof}
                onChange={() => change({ requiredProof: proof })}
              />
            ))}
          </div>
        </FieldGroup>
        <FieldError error={errorAt(errors, "settings.requiredProof")} />
        <More label="Target" isOpen={Boolean(errorAt(errors, "settings.targetMinutes"))}>
          <Field
            label="The newest good copy may be this old"
            hint="hours; empty: the schedule's interval and a quarter, at least 2 h more"
            error={errorAt(errors, "settings.targetMinutes")}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                width="tiny"
                placeholder="auto"
                value={draft.targetHours}
                onChange={(event) => change({ targetHours: event.target.value })}
              />
            )}
          </Field>
        </More>
      </FormSection>
      <FormSection id="host" title="Host">
        <Checkbox
          checked={draft.includeHostConfig}
          onChange={(event) => change({ includeHostConfig: event.target.checked })}
          label="Back up each node's own configuration first"
          hint="/etc/pve, networks, storages, package and disk lists: what a lost node is rebuilt from"
        />
      </FormSection>
    </>
  );
}
