"use client";

import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import type { MenuItem } from "./menu-popup";

const loadPopup = () => import("./menu-popup").then((module) => ({ default: module.MenuPopup }));
const MenuPopup = lazy(loadPopup);

export type MenuTriggerProps = {
  ref: (element: HTMLButtonElement | null) => void;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  onClick: () => void;
  onPointerEnter: () => void;
};

type MenuProps = {
  label: string;
  items: MenuItem[];
  side?: "top" | "bottom";
  align?: "start" | "end";
  trigger: (props: MenuTriggerProps) => ReactNode;
};

/** A list of actions behind a button; its code is loaded when somebody reaches for one. */
export function Menu({ label, items, side = "bottom", align = "start", trigger }: MenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement | null>(null);
  return (
    <>
      {trigger({
        ref: (element) => {
          anchor.current = element;
        },
        "aria-haspopup": "menu",
        "aria-expanded": isOpen,
        onClick: () => setIsOpen(true),
        onPointerEnter: () => void loadPopup(),
      })}
      {isOpen && (
        <Suspense fallback={null}>
          <MenuPopup
            label={label}
            items={items}
            side={side}
            align={align}
            anchor={anchor}
            onClose={() => setIsOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}
