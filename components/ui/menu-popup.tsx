"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactNode, RefObject } from "react";

export type MenuItem =
  | { kind: "action"; label: string; icon?: ReactNode; onSelect: () => void }
  | { kind: "check"; label: string; icon?: ReactNode; isOn: boolean; onChange: (isOn: boolean) => void }
  | {
      kind: "radio";
      label: string;
      value: string;
      options: { value: string; label: string }[];
      onChange: (value: string) => void;
    }
  | { kind: "line" };

type MenuPopupProps = {
  label: string;
  items: MenuItem[];
  side: "top" | "bottom";
  align: "start" | "end";
  anchor: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
};

const itemClass =
  "flex min-h-8 cursor-default items-center gap-2.5 rounded-[6px] px-2.5 text-table outline-none select-none data-highlighted:bg-hover max-tablet:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0";

/** The list itself, apart so that its library is no part of the first load. */
export function MenuPopup({ label, items, side, align, anchor, onClose }: MenuPopupProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side={side} align={align} sideOffset={6} className="z-50 outline-none">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className="min-w-48 rounded-[10px] border border-line bg-raised p-1 text-fg shadow-menu transition-opacity duration-120 data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            {items.map((item, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a menu's items keep their places
              <Item key={at} item={item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ item }: { item: MenuItem }) {
  switch (item.kind) {
    case "action":
      return (
        <Base.Item className={itemClass} onClick={item.onSelect}>
          {item.icon}
          {item.label}
        </Base.Item>
      );
    case "check":
      return (
        <Base.CheckboxItem
          className={itemClass}
          checked={item.isOn}
          onCheckedChange={item.onChange}
          closeOnClick={false}
        >
          {item.icon}
          <span className="flex-1">{item.label}</span>
          <Base.CheckboxItemIndicator>
            <Check aria-hidden />
          </Base.CheckboxItemIndicator>
        </Base.CheckboxItem>
      );
    case "radio":
      return (
        <Base.Group>
          <Base.GroupLabel className="px-2.5 pt-1.5 pb-0.5 text-axis text-fg3">{item.label}</Base.GroupLabel>
          <Base.RadioGroup value={item.value} onValueChange={item.onChange}>
            {item.options.map((option) => (
              <Base.RadioItem key={option.value} value={option.value} className={itemClass} closeOnClick={false}>
                <span className="flex-1">{option.label}</span>
                <Base.RadioItemIndicator>
                  <Check aria-hidden />
                </Base.RadioItemIndicator>
              </Base.RadioItem>
            ))}
          </Base.RadioGroup>
        </Base.Group>
      );
    case "line":
      return <Base.Separator className="mx-1 my-1 h-px bg-line" />;
    default:
      return item satisfies never;
  }
}
