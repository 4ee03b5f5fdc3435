import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, Ref } from "react";

const controlClass = cva(
  "h-[34px] rounded-control border border-line2 bg-surface px-2.5 text-table text-fg aria-invalid:border-fail disabled:opacity-55 max-tablet:h-11 max-tablet:text-lead",
  {
    variants: {
      width: { tiny: "w-20", small: "w-36", medium: "w-64 max-w-full", full: "w-full" },
      isMono: { true: "font-mono" },
    },
    defaultVariants: { width: "full" },
  },
);

type Look = VariantProps<typeof controlClass>;

type InputProps = Look &
  Omit<ComponentProps<"input">, "className" | "style" | "width"> & { ref?: Ref<HTMLInputElement> };

export function Input({ width, isMono, ...rest }: InputProps) {
  return <input autoComplete="off" spellCheck={false} {...rest} className={controlClass({ width, isMono })} />;
}

type SelectProps = Look & Omit<ComponentProps<"select">, "className" | "style" | "width">;

/** The platform's own list: it types ahead, and on a phone it is the phone's. */
export function Select({ width, isMono, ...rest }: SelectProps) {
  return (
    <select {...rest} className={`${controlClass({ width, isMono })} cursor-pointer appearance-auto bg-surface pr-1`} />
  );
}
