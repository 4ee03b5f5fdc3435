"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button";

export type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Its buttons; the safe one first in the markup gets the focus. */
  actions?: ReactNode;
  /** `sheet` fills a phone's screen and stands at the right of a wide one; `bottom` rises from a phone's lower edge. */
  look?: "centered" | "sheet" | "bottom";
  /** Its content fills it to the edges and scrolls by itself. */
  isFlush?: boolean;
};

const looks = {
  centered:
    "top-1/2 left-1/2 max-h-[calc(100dvh-32px)] w-[min(480px,calc(100vw-32px))] -translate-x-1/2 -translate-y-1/2 rounded-card",
  bottom:
    "inset-x-0 bottom-0 max-h-[85dvh] rounded-t-card pb-[env(safe-area-inset-bottom)] data-starting-style:translate-y-6 data-ending-style:translate-y-6",
  sheet:
    "inset-y-0 right-0 w-full tablet:w-[min(720px,92vw)] tablet:border-l data-starting-style:translate-x-6 data-ending-style:translate-x-6",
} as const;

/** The dialog itself, apart so that its library is no part of the first load. */
export function DialogPopup({
  isOpen,
  onClose,
  title,
  children,
  actions,
  look = "centered",
  isFlush = false,
}: DialogProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={`fixed z-50 flex flex-col overflow-hidden border border-line bg-raised text-fg shadow-menu transition-[opacity,transform] duration-180 ease-sheet data-ending-style:opacity-0 data-starting-style:opacity-0 ${looks[look]}`}
        >
          <div className={`flex items-center gap-3 px-5 ${isFlush ? "py-1" : "pt-4"}`}>
            <Base.Title className="min-w-0 flex-1 text-lead font-heading wrap-anywhere">{title}</Base.Title>
            {look === "sheet" && (
              <IconButton label="Close" variant="quiet" onClick={onClose}>
                <X aria-hidden />
              </IconButton>
            )}
          </div>
          <div
            className={`min-h-0 flex-1 ${isFlush ? "flex flex-col" : "overflow-auto px-5 pt-2 pb-4 text-body text-fg2"}`}
          >
            {children}
          </div>
          {actions && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 max-tablet:flex-col-reverse">
              {actions}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
