"use client";

import { Radio } from "@/components/ui/choice";
import { Field, FieldError, FieldGroup } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatCount } from "@/lib/client/format-size";
import { guestLabel, selectGuests } from "@/lib/domain/guest";
import { CheckList } from "./check-list";
import { FormSection } from "./form-section";
import { selectionOf } from "./policy-draft";
import { errorAt, usePolicyForm } from "./policy-form-state";

const kinds = [
  { kind: "all", label: "All guests", hint: "New guests join by themselves" },
  { kind: "tags", label: "By tag", hint: "Guests with one of the tags" },
  { kind: "nodes", label: "By node", hint: "Guests that are on one of the nodes at that time" },
  { kind: "pools", label: "By pool", hint: "Guests of one of the resource pools" },
  { kind: "picked", label: "Picked", hint: "Only these; new guests do not join" },
] as const;

/** Which guests. */
export function GuestsSection() {
  const { draft, change, errors, guests } = usePolicyForm();
  const chosen = selectGuests(selectionOf(draft), guests);
  const left = guests.filter((guest) => guest.type !== "host").length - chosen.length;
  return (
    <FormSection
      id="guests"
      title="Guests"
      aside={`${formatCount(chosen.length, "guest")}${left > 0 ? `, ${left} left out` : ""}`}
    >
      <FieldGroup legend="How guests are chosen" isLegendHidden>
        <div className="grid gap-x-6 gap-y-1 tablet:grid-cols-2">
          {kinds.map(({ kind, label, hint }) => (
            <Radio
              key={kind}
              name="selection"
              label={label}
              hint={hint}
              checked={draft.selectionKind === kind}
              onChange={() => change({ selectionKind: kind })}
            />
          ))}
        </div>
      </FieldGroup>
      <SelectionDetail />
      <FieldError error={errorAt(errors, "settings.selection")} />
    </FormSection>
  );
}

function SelectionDetail() {
  const { draft, change, guests } = usePolicyForm();
  const backable = guests.filter((guest) => guest.type !== "host");
  const guestOptions = backable.flatMap((guest) =>
    guest.vmid === null ? [] : [{ value: guest.vmid, label: guestLabel(guest), hint: guest.nodeName }],
  );
  switch (draft.selectionKind) {
    case "all":
      return (
        <CheckList
          label="Left out"
          searchLabel="Search guests to leave out"
          options={guestOptions}
          chosen={draft.exceptVmids}
          onChange={(exceptVmids) => change({ exceptVmids })}
          none="Nobody is left out."
        />
      );
    case "picked":
      return (
        <CheckList
          label="Guests"
          searchLabel="Search guests"
          options={guestOptions}
          chosen={draft.pickedVmids}
          onChange={(pickedVmids) => change({ pickedVmids })}
          none="Nobody is picked yet."
        />
      );
    case "tags":
      return (
        <CheckList
          label="Tags"
          searchLabel="Search tags"
          options={counted(backable.flatMap(({ tags }) => tags))}
          chosen={draft.tags}
          onChange={(tags) => change({ tags })}
          none="No tag is chosen yet."
        />
      );
    case "nodes":
      return (
        <CheckList
          label="Nodes"
          searchLabel="Search nodes"
          options={counted(backable.map(({ nodeName }) => nodeName))}
          chosen={draft.nodes}
          onChange={(nodes) => change({ nodes })}
          none="No node is chosen yet."
        />
      );
    case "pools":
      return (
        <Field label="Pools" hint="Names as in Proxmox, separated by commas">
          {(control) => (
            <Input {...control} value={draft.pools} onChange={(event) => change({ pools: event.target.value })} />
          )}
        </Field>
      );
    default:
      return draft.selectionKind satisfies never;
  }
}

/** Each name once, with how many guests bear it. */
function counted(names: readonly string[]) {
  return [...Map.groupBy(names, (name) => name)]
    .map(([value, group]) => ({ value, label: value, hint: formatCount(group.length, "guest") }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}
