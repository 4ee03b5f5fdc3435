"use client";

import { type KeyboardEvent, useRef } from "react";

type Option<Value extends string> = { value: Value; label: string };
type SegmentedProps<Value extends string> = {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
};

/** A choice between a few views of one thing; arrow keys move it, as in a group of radio buttons. */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  const group = useRef<HTMLDivElement>(null);

  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = (at + by + options.length) % options.length;
    const option = options[next];
    if (!option) return;
    onChange(option.value);
    group.current?.querySelectorAll("button")[next]?.focus();
  };

  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={label}
      className="inline-flex gap-px rounded-[7px] bg-sunken p-0.5"
      onKeyDown={move}
    >
      {options.map((option) => {
        const isOn = option.value === value;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a radio group of buttons keeps one tab stop and its own look
          <button
            key={option.value}
            type="button"
            role="radio"
            aria-checked={isOn}
            tabIndex={isOn ? 0 : -1}
            onClick={() => onChange(option.value)}
            className={`min-h-6 rounded-[5px] px-[9px] text-axis max-tablet:min-h-9 ${isOn ? "bg-raised text-fg shadow-hair font-medium" : "text-fg2 hover:text-fg"}`}
          >
            {option.label}
          </button>
        );
      })}
    </div>
  );
}
