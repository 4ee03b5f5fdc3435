import type { ComponentProps, Ref } from "react";
import { type ButtonLook, buttonClass } from "./button-look";

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
