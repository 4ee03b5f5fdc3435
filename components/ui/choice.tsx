import type { ComponentProps, ReactNode } from "react";

type ChoiceProps = Omit<ComponentProps<"input">, "className" | "style" | "type" | "children"> & {
  label: ReactNode;
  /** What choosing it means, under its label. */
  hint?: ReactNode;
};

const marks = {
  radio: "rounded-full before:size-1.5 before:rounded-full",
  checkbox: "rounded-[4px] before:size-2.5 before:[clip-path:polygon(14%_44%,0_65%,43%_100%,100%_16%,80%_0%,43%_62%)]",
} as const;

function Choice({ type, label, hint, ...rest }: ChoiceProps & { type: "radio" | "checkbox" }) {
  return (
    <label className="flex max-tablet:min-h-11 cursor-pointer items-start gap-2 py-[3px] text-table max-tablet:items-center has-disabled:cursor-not-allowed has-disabled:opacity-55">
      <input
        {...rest}
        type={type}
        className={`grid size-4 shrink-0 appearance-none place-content-center border border-line2 bg-surface checked:border-accent checked:bg-accent before:block before:scale-0 before:bg-bg before:content-[''] checked:before:scale-100 max-tablet:size-5 forced-colors:appearance-auto ${marks[type]}`}
      />
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-meta text-fg3">{hint}</span>}
      </span>
    </label>
  );
}

export function Radio(props: ChoiceProps) {
  return <Choice {...props} type="radio" />;
}

export function Checkbox(props: ChoiceProps) {
  return <Choice {...props} type="checkbox" />;
}

type SwitchProps = { label: string; isOn: boolean; isBusy?: boolean; onChange: (isOn: boolean) => void };

/** Takes effect at once; what needs a Save is a checkbox. */
export function Switch({ label, isOn, isBusy = false, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      aria-busy={isBusy || undefined}
      data-tooltip={label}
      onClick={() => !isBusy && onChange(!isOn)}
      className="inline-flex h-6 shrink-0 items-center justify-center rounded-full max-tablet:size-11"
    >
      <span
        className={`patterned flex h-[18px] w-8 items-center rounded-full border px-0.5 transition-colors ${isOn ? "border-transparent bg-fg" : "border-line2 bg-surface"}`}
      >
        <span
          className={`size-3 rounded-full transition-transform ${isOn ? "translate-x-[14px] bg-bg" : "bg-line2"}`}
        />
      </span>
    </button>
  );
}
