"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { Checkbox } from "@/components/ui/choice";
import { Input } from "@/components/ui/input";

type CheckListProps<Value extends string | number> = {
  label: string;
  searchLabel: string;
  options: readonly { value: Value; label: string; hint: string }[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
  /** Said while nothing is chosen. */
  none: string;
};

const searchFrom = 8;
const mostShown = 200;

/** Several of many: what is chosen stands above as chips, the rest is searched. What exists no more can still be removed. */
export function CheckList<Value extends string | number>(props: CheckListProps<Value>) {
  const { label, searchLabel, options, chosen, onChange, none } = props;
  const [search, setSearch] = useState("");
  const words = search.trim().toLowerCase();
  const found = options.filter((option) => option.label.toLowerCase().includes(words));
  const labelOf = (value: Value) => options.find((option) => option.value === value)?.label ?? `${value} (gone)`;
  const remove = (value: Value) => onChange(chosen.filter((other) => other !== value));

  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 text-table font-medium">{label}</legend>
      {chosen.length === 0 ? (
        <p className="text-meta text-fg3">{none}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((value) => (
            <li key={value}>
              <button
                type="button"
                onClick={() => remove(value)}
                className="touch-target inline-flex h-7 max-w-64 items-center gap-1.5 rounded-full border border-button-line bg-raised px-2.5 text-meta hover:border-line2"
              >
                <span className="truncate">{labelOf(value)}</span>
                <X className="size-3.5 shrink-0 text-fg3" aria-hidden />
                <span className="sr-only">Remove</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {options.length > searchFrom && (
        <Input
          type="search"
          width="medium"
          aria-label={searchLabel}
          placeholder={searchLabel}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className="max-h-52 overflow-y-auto rounded-control border border-line bg-bg/50 px-3 py-1.5 [scrollbar-width:thin]">
        {found.length === 0 && (
          <p className="py-1 text-meta text-fg3">{words ? "Nothing matches." : "There is none."}</p>
        )}
        {found.slice(0, mostShown).map((option) => (
          <Checkbox
            key={option.value}
            checked={chosen.includes(option.value)}
            onChange={(event) => (event.target.checked ? onChange([...chosen, option.value]) : remove(option.value))}
            label={
              <span className="flex gap-2">
                <span className="min-w-0 truncate" title={option.label}>
                  {option.label}
                </span>
                <span className="shrink-0 text-fg3">{option.hint}</span>
              </span>
            }
          />
        ))}
        {found.length > mostShown && (
          <p className="py-1 text-meta text-fg3">and {found.length - mostShown} more; search to find them</p>
        )}
      </div>
    </fieldset>
  );
}
