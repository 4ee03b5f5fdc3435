import { cva } from "class-variance-authority";

export type Pip = { key: string; look: "good" | "pending" | "copying" | "old" | "failed" | "none" };

const pipClass = cva("patterned block h-[15px] w-2.5 rounded-pip", {
  variants: {
    look: {
      good: "bg-okq",
      pending: "shadow-[inset_0_0_0_1.5px_var(--color-okq)]",
      copying: "pip-copying",
      old: "pip-old",
      failed: "pip-failed",
      none: "shadow-[inset_0_0_0_1.5px_color-mix(in_oklab,var(--color-idle)_70%,transparent)] opacity-80",
    },
  },
});

/** Up to four cells in a fixed order, told apart by pattern. `label` says each of them in words. */
export function Pips({ pips, label }: { pips: readonly Pip[]; label: string }) {
  return (
    <span role="img" aria-label={label} title={label} className="inline-grid grid-flow-col gap-0.5">
      {pips.map((pip) => (
        <span key={pip.key} className={pipClass({ look: pip.look })} />
      ))}
    </span>
  );
}
