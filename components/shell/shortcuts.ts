"use client";

import { useEffect, useRef } from "react";

export type Shortcuts = Record<string, () => void>;

const offKey = "undercroft.shortcuts";

export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(offKey) !== "off";
  } catch {
    return true;
  }
}

/** Single keys can be switched off (WCAG 2.1.4): speech input would press them by accident. */
export function setShortcutsOn(isOn: boolean): void {
  try {
    localStorage.setItem(offKey, isOn ? "on" : "off");
  } catch {
    // Storage may be forbidden; they then stay on.
  }
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input,textarea,select,[role=menu]") !== null);

/**
 * Binds single keys ("f", "Shift+C", "\\") and pairs ("g r") while the component is on screen. Not while somebody types,
 * holds a modifier of the browser's, or a dialog is open.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });

  useEffect(() => {
    let first = "";
    let firstAt = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (!areShortcutsOn() || document.querySelector("[role=dialog]")) return;
      const isLetter = /^[a-zA-Z]$/.test(event.key);
      const key = isLetter && event.shiftKey ? `Shift+${event.key.toUpperCase()}` : event.key;
      const pair = event.timeStamp - firstAt < 1200 ? `${first} ${key}` : "";
      const run = current.current[pair] ?? current.current[key];
      first = key;
      firstAt = event.timeStamp;
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
