import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode, Ref } from "react";

const iconButtonClass = cva(
  "touch-target inline-flex shrink-0 items-center justify-center rounded-[7px] transition-colors disabled:opacity-55 aria-pressed:bg-raised aria-pressed:text-fg [&_svg]:size-3.5",
  {
    variants: {
      variant: {
        bordered: "border border-button-line bg-surface text-fg shadow-hair hover:bg-raised",
        quiet: "text-fg2 hover:bg-hover hover:text-fg",
      },
      size: { small: "size-7", medium: "size-[34px] [&_svg]:size-4" },
    },
    defaultVariants: { variant: "bordered", size: "small" },
  },
);

type IconButtonProps = VariantProps<typeof iconButtonClass> &
  Omit<ComponentProps<"button">, "className" | "style" | "aria-label"> & {
    ref?: Ref<HTMLButtonElement>;
    /** Its name for assistive technology, and its tooltip. */
    label: string;
    children: ReactNode;
  };

/** For universally known actions only; everything else says its name in words. */
export function IconButton({ variant, size, label, type, ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      aria-label={label}
      data-tooltip={label}
      className={iconButtonClass({ variant, size })}
    />
  );
}

/** An icon that is a link to a file. */
export function IconDownload({ href, label, children }: { href: string; label: string; children: ReactNode }) {
  return (
    <a href={href} download aria-label={label} data-tooltip={label} className={iconButtonClass()}>
      {children}
    </a>
  );
}
