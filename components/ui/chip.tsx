import type { ReactNode } from "react";

type ChipProps = { isOn: boolean; onToggle: () => void; children: ReactNode };

/** A filter that is on or off. */
export function Chip({ isOn, onToggle, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onToggle}
      className={`touch-target h-7 rounded-full border px-3 text-meta transition-colors ${isOn ? "border-fg bg-fg text-bg" : "border-button-line bg-surface text-fg2 hover:border-line2 hover:text-fg"}`}
    >
      {children}
    </button>
  );
}
