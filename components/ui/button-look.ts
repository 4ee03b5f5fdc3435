import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";

export const buttonClass = cva(
  "touch-target inline-flex shrink-0 items-center justify-center whitespace-nowrap font-medium select-none transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border border-transparent bg-fg text-bg shadow-hair hover:bg-fg/88",
        secondary: "border border-button-line bg-surface text-fg shadow-hair hover:bg-raised hover:border-line2",
        danger: "border border-button-line bg-surface text-fail-text shadow-hair hover:bg-fail-tint",
        quiet: "text-fg2 hover:bg-hover hover:text-fg",
      },
      size: {
        small: "h-7 gap-1.5 rounded-[7px] px-2.5 text-meta",
        medium: "h-[34px] gap-[7px] rounded-control px-[13px] text-table",
      },
    },
    defaultVariants: { variant: "secondary", size: "medium" },
  },
);

export type ButtonLook = VariantProps<typeof buttonClass> & { children: ReactNode };
