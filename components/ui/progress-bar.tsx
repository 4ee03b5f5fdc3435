import type { CSSProperties } from "react";

type ProgressBarProps = {
  /** 0 to 1. */
  ratio: number;
  /** What progresses, for assistive technology. */
  label: string;
  /** What a person would say of it: "58 percent, finishes about 4:04". */
  valueText?: string;
  tone?: "running" | "neutral" | "warning";
};

const fills = { running: "bg-run", neutral: "bg-fg/62", warning: "bg-warn" } as const;

/** One quantity on its way to a known end. */
export function ProgressBar({ ratio, label, valueText, tone = "running" }: ProgressBarProps) {
  const percent = Math.round(Math.min(1, Math.max(0, ratio)) * 100);
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={valueText}
      className="patterned block h-1.5 overflow-hidden rounded-full bg-track"
    >
      <span
        className={`block h-full origin-left scale-x-(--ratio) rounded-full transition-transform duration-300 ${fills[tone]}`}
        style={{ "--ratio": percent / 100 } as CSSProperties}
      />
    </span>
  );
}
