"use client";

import { lazy, type ReactNode, Suspense } from "react";

const DialogPopup = lazy(() => import("./dialog-popup").then((module) => ({ default: module.DialogPopup })));

export type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Its buttons; the safe one first in the markup gets the focus. */
  actions?: ReactNode;
  /** `sheet` fills a phone's screen and stands at the right of a wide one; `bottom` rises from a phone's lower edge. */
  look?: "centered" | "sheet" | "bottom";
};

/** Traps the focus and gives it back; its code is loaded when the first one opens. */
export function Dialog(props: DialogProps) {
  if (!props.isOpen) return null;
  return (
    <Suspense fallback={null}>
      <DialogPopup {...props} />
    </Suspense>
  );
}
