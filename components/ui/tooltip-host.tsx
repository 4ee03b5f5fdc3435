"use client";

import { useEffect, useRef } from "react";

const delayMs = 350;

/**
 * Shows the `data-tooltip` of whatever is hovered or focused by keyboard. One for the whole page: a tooltip of its own per
 * button would cost a library at first load. Escape hides it (WCAG 1.4.13); the text repeats the control's name, so it is
 * hidden from assistive technology.
 */
export function TooltipHost() {
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = host.current;
    if (!element?.showPopover) return;
    let timer = 0;
    let owner: HTMLElement | null = null;

    const hide = () => {
      clearTimeout(timer);
      owner = null;
      if (element.matches(":popover-open")) element.hidePopover();
    };
    const show = (target: HTMLElement) => {
      element.textContent = target.dataset.tooltip ?? "";
      element.showPopover();
      const box = target.getBoundingClientRect();
      const size = element.getBoundingClientRect();
      const left = Math.min(Math.max(8, box.left + box.width / 2 - size.width / 2), innerWidth - size.width - 8);
      const isBelow = box.bottom + size.height + 8 < innerHeight;
      element.style.left = `${left}px`;
      element.style.top = `${isBelow ? box.bottom + 6 : box.top - size.height - 6}px`;
    };
    const reach = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tooltip]") : null;
      if (target === owner) return;
      hide();
      if (!target) return;
      const isKeyboard = event.type === "focusin";
      if (isKeyboard && !target.matches(":focus-visible")) return;
      owner = target;
      timer = window.setTimeout(() => target.isConnected && show(target), isKeyboard ? 0 : delayMs);
    };
    const hideOnEscape = (event: KeyboardEvent) => event.key === "Escape" && hide();

    document.addEventListener("pointerover", reach);
    document.addEventListener("focusin", reach);
    document.addEventListener("focusout", hide);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("keydown", hideOnEscape);
    addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      hide();
      document.removeEventListener("pointerover", reach);
      document.removeEventListener("focusin", reach);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("keydown", hideOnEscape);
      removeEventListener("scroll", hide, { capture: true });
    };
  }, []);

  return (
    <div
      ref={host}
      popover="manual"
      aria-hidden
      className="pointer-events-none fixed m-0 max-w-72 rounded-chip border border-line bg-raised px-2 py-1 text-axis text-fg shadow-menu"
    />
  );
}
