import { cva } from "class-variance-authority";
import type { ReactNode } from "react";
import { StateIcon, type StateShape } from "./state-icon";
import { type Tone, toneText, toneTint } from "./tone";

const badgeClass = cva(
  "inline-flex max-w-full items-center gap-1.5 rounded-chip align-middle font-strong tracking-normal",
  {
    variants: {
      size: {
        medium: "h-[22px] pr-[9px] pl-[7px] text-meta",
        large: "h-[26px] pr-[11px] pl-[9px] text-table",
      },
    },
    defaultVariants: { size: "medium" },
  },
);

type StatusBadgeProps = { tone: Tone; shape: StateShape; size?: "medium" | "large"; children: ReactNode };

/** A state in one word, with its shape and its colour. */
export function StatusBadge({ tone, shape, size = "medium", children }: StatusBadgeProps) {
  return (
    <span className={`${badgeClass({ size })} ${toneTint[tone]} ${toneText[tone]}`}>
      <StateIcon shape={shape} tone={tone} size="small" />
      <span className="truncate">{children}</span>
    </span>
  );
}
