"use client";

import { X } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { IconButton } from "./icon-button";
import { StateIcon } from "./state-icon";

type Toast = { id: number; tone: "good" | "bad"; title: string; detail?: string | undefined; action?: ReactNode };

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

/** Says that an action was done; goes by itself. */
export function toastDone(title: string): void {
  const id = nextId++;
  change([...toasts, { id, tone: "good" as const, title }].slice(-3));
  setTimeout(() => dismiss(id), 6000);
}

/** Says what failed, what state things are in, and one action. Stays until it is dismissed. */
export function toastFailed(title: string, detail?: string, action?: ReactNode): void {
  change([...toasts, { id: nextId++, tone: "bad" as const, title, detail, action }].slice(-3));
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const none: readonly Toast[] = [];

/** Where toasts appear; once per page. */
export function ToastHost() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => none,
  );
  return (
    <div className="pointer-events-none fixed right-4 bottom-4 left-4 z-60 grid gap-2 max-tablet:bottom-20 tablet:left-18 rail-open:left-60">
      {shown.map((toast) => (
        <div
          key={toast.id}
          role={toast.tone === "bad" ? "alert" : "status"}
          className="pointer-events-auto flex w-full max-w-md items-start gap-2.5 rounded-control border border-line bg-raised px-3 py-2.5 text-table shadow-menu"
        >
          <span className="pt-0.5">
            <StateIcon shape={toast.tone === "bad" ? "octagon" : "check"} tone={toast.tone} />
          </span>
          <div className="min-w-0 flex-1 wrap-anywhere">
            <p className="font-medium">{toast.title}</p>
            {toast.detail && <p className="text-fg2">{toast.detail}</p>}
            {toast.action && <div className="mt-2 flex gap-1.5">{toast.action}</div>}
          </div>
          <IconButton label="Dismiss" variant="quiet" onClick={() => dismiss(toast.id)}>
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
