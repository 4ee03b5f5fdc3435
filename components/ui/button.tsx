import { cva, type VariantProps } from "class-variance-authority";
import Link from "next/link";
import type { ComponentProps, ReactNode, Ref } from "react";

const buttonClass = cva(
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

type ButtonLook = VariantProps<typeof buttonClass> & { children: ReactNode };
type ButtonProps = ButtonLook &
  Omit<ComponentProps<"button">, "className" | "style" | "disabled"> & {
    ref?: Ref<HTMLButtonElement>;
    isDisabled?: boolean;
    /** Keeps its focus and its width, says that it works, and takes no second press. */
    isBusy?: boolean;
  };

/** Buttons are ink: their colour says what they may destroy, never a state. */
export function Button({ variant, size, isDisabled = false, isBusy = false, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      disabled={isDisabled}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
      className={buttonClass({ variant, size })}
    />
  );
}

type ButtonLinkProps = ButtonLook &
  Pick<ComponentProps<typeof Link>, "href" | "prefetch" | "aria-label"> & { isNewTab?: boolean };

/** Goes somewhere, so it is a link: it can be opened in a new tab. */
export function ButtonLink({ variant, size, isNewTab = false, ...rest }: ButtonLinkProps) {
  return <Link {...rest} {...(isNewTab && { target: "_blank" })} className={buttonClass({ variant, size })} />;
}
