"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field, FieldError, FieldGroup } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type Slot, slotLabel, slots } from "@/lib/domain/destination";
import { FormSection } from "./form-section";
import { type RuleName, ruleNames } from "./policy-draft";
import { errorAt, usePolicyForm } from "./policy-form-state";

const ruleLabels = {
  keepLast: "Last",
  keepHourly: "Hourly",
  keepDaily: "Daily",
  keepWeekly: "Weekly",
  keepMonthly: "Monthly",
  keepYearly: "Yearly",
} as const satisfies Record<RuleName, string>;

/** How much is kept at each destination, by Proxmox's own rules. */
export function KeepSection() {
  const { draft, change } = usePolicyForm();
  return (
    <FormSection id="keep" title="Keep">
      {draft.isKeepAdvanced ? <AdvancedRules /> : <PlainRules />}
      <Checkbox
        checked={draft.isKeepAdvanced}
        onChange={(event) => change({ isKeepAdvanced: event.target.checked })}
        label="Rules of its own for each destination"
        hint="Last, hourly, daily, weekly, monthly, yearly: applied in this order, as Proxmox does"
      />
    </FormSection>
  );
}

/** The number the body's list gives a destination, to which errors refer. */
function usePlaceInBody(slot: Slot): number {
  const { draft } = usePolicyForm();
  return slots.filter((other) => draft.slots[other].isOn).indexOf(slot);
}

function PlainRules() {
  const { draft } = usePolicyForm();
  const remotes = slots.filter((slot) => slot !== "local" && draft.slots[slot].isOn);
  return (
    <div className="flex flex-wrap gap-4">
      <LastRule label="On Local, the last" changed={["local"]} shown="local" />
      {remotes[0] && (
        <LastRule
          label={remotes.length > 1 ? "On each remote, the last" : `On ${slotLabel[remotes[0]]}, the last`}
          changed={["primary", "secondary", "tertiary"]}
          shown={remotes[0]}
        />
      )}
    </div>
  );
}

function LastRule({ label, changed, shown }: { label: string; changed: Slot[]; shown: Slot }) {
  const { draft, change, errors } = usePolicyForm();
  const place = usePlaceInBody(shown);
  const set = (keepLast: string) => {
    const next = { ...draft.slots };
    for (const slot of changed) next[slot] = { ...next[slot], rules: { ...next[slot].rules, keepLast } };
    change({ slots: next });
  };
  return (
    <Field label={label} hint="points per guest" error={errorAt(errors, `destinations.${place}.retention`)}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          width="tiny"
          value={draft.slots[shown].rules.keepLast}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </Field>
  );
}

function AdvancedRules() {
  const { draft } = usePolicyForm();
  return (
    <div className="grid gap-4">
      {slots
        .filter((slot) => draft.slots[slot].isOn)
        .map((slot) => (
          <SlotRules key={slot} slot={slot} />
        ))}
    </div>
  );
}

function SlotRules({ slot }: { slot: Slot }) {
  const { draft, change, errors } = usePolicyForm();
  const place = usePlaceInBody(slot);
  const { rules } = draft.slots[slot];
  const set = (part: Partial<typeof rules>) =>
    change({ slots: { ...draft.slots, [slot]: { ...draft.slots[slot], rules: { ...rules, ...part } } } });
  const path = `destinations.${place}.retention`;
  return (
    <FieldGroup legend={slotLabel[slot]}>
      {!rules.keepAll && (
        <div className="flex flex-wrap gap-2.5">
          {ruleNames.map((name) => (
            <Field key={name} label={<span className="text-meta font-normal text-fg2">{ruleLabels[name]}</span>}>
              {(control) => (
                <Input
                  {...control}
                  inputMode="numeric"
                  width="tiny"
                  aria-invalid={errors[`${path}.${name}`] ? true : undefined}
                  value={rules[name]}
                  onChange={(event) => set({ [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      )}
      <FieldError error={errorAt(errors, path)} />
      <Checkbox
        checked={rules.keepAll}
        onChange={(event) => set({ keepAll: event.target.checked })}
        label="Keep everything"
      />
    </FieldGroup>
  );
}
