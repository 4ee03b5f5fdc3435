"use client";

import { lazy, Suspense } from "react";
import type { DialogProps } from "./dialog-popup";

const DialogPopup = lazy(() => import("./dialog-popup").then((module) => ({ default: module.DialogPopup })));

/** Traps the focus and gives it back; its code is loaded when the first one opens. */
export function Dialog(props: DialogProps) {
  if (!props.isOpen) return null;
  return (
    <Suspense fallback={null}>
      <DialogPopup {...props} />
    </Suspense>
  );
}
