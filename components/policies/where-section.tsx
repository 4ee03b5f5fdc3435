"use client";

import { useQuery } from "@tanstack/react-query";
import { Checkbox, Radio } from "@/components/ui/choice";
import { Field, FieldError, FieldGroup } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { destinationsQuery } from "@/lib/client/destinations";
import { type Slot, slotLabel, slots } from "@/lib/domain/destination";
import { FormSection, More } from "./form-section";
import { errorAt, usePolicyForm } from "./policy-form-state";

/** Where copies go, and how many of them must be good. */
export function WhereSection() {
  const { draft, change, errors } = usePolicyForm();
  const used = slots.filter((slot) => draft.slots[slot].isOn);
  return (
    <FormSection id="where" title="Where">
      <FieldGroup legend="Destinations" isLegendHidden>
        <ol className="grid">
          {slots.map((slot) => (
            <SlotRow key={slot} slot={slot} />
          ))}
        </ol>
      </FieldGroup>
      <FieldError error={errors.destinations} />
      {used.length < 2 && (
        <p className="text-meta text-warn-text">Without a remote, a lost server means lost backups.</p>
      )}
      <Field
        label="Protected with"
        hint="good copies within the target, one of them off-site"
        error={errorAt(errors, "settings.minCopies")}
      >
        {(control) => (
          <Select
            {...control}
            width="tiny"
            value={draft.minCopies}
            onChange={(event) => change({ minCopies: event.target.value })}
          >
            {[1, 2, 3, 4].map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {used.length > 2 && (
        <More label="How copies are spread">
          <FieldGroup legend="Secondary and Tertiary are read from">
            <Radio
              name="copySource"
              label="Primary"
              hint="The node uploads once"
              checked={draft.copySource === "primary"}
              onChange={() => change({ copySource: "primary" })}
            />
            <Radio
              name="copySource"
              label="The nearest"
              hint="Server to server, else the local file while it is there, else Primary"
              checked={draft.copySource === "auto"}
              onChange={() => change({ copySource: "auto" })}
            />
          </FieldGroup>
        </More>
      )}
    </FormSection>
  );
}

function SlotRow({ slot }: { slot: Slot }) {
  const { draft, change, slotsThere } = usePolicyForm();
  const { data } = useQuery(destinationsQuery);
  const destination = data?.items.find((item) => item.slot === slot);
  const state = draft.slots[slot];
  const set = (part: Partial<typeof state>) => change({ slots: { ...draft.slots, [slot]: { ...state, ...part } } });
  const isThere = slotsThere.includes(slot);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 border-b border-line/70 py-1.5 last:border-b-0">
      <Checkbox
        checked={state.isOn}
        disabled={slot === "local" || (!isThere && !state.isOn)}
        onChange={(event) => set({ isOn: event.target.checked })}
        label={slotLabel[slot]}
        hint={placeOf(slot, destination?.remote ?? null, isThere)}
      />
      {slot !== "local" && state.isOn && (
        <Checkbox
          checked={state.isRequired}
          onChange={(event) => set({ isRequired: event.target.checked })}
          label="Required"
          aria-label={`${slotLabel[slot]} is required: a run without it is not green`}
        />
      )}
    </li>
  );
}

function placeOf(slot: Slot, remote: string | null, isThere: boolean): string {
  if (!isThere) return "Not set up";
  if (slot === "local") return "Each node's dump directory; archives are made here";
  return remote ?? "";
}
