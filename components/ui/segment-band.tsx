import { cva } from "class-variance-authority";
import type { CSSProperties } from "react";

export type Segment = {
  key: string;
  /** Its share of the width; any unit. */
  weight: number;
  look: "done" | "running" | "failed" | "waiting" | "skipped" | "old";
  /** How far a running segment is, 0 to 1. */
  ratio?: number;
  title?: string;
};

const segmentClass = cva("patterned block min-w-[3px]", {
  variants: {
    look: {
      done: "bg-okq",
      running: "part-filled",
      failed: "hatch",
      waiting: "outlined",
      skipped: "outlined opacity-70",
      old: "bg-warn",
    },
    size: { thin: "rounded-[2px]", tall: "rounded-[3px]" },
  },
});

const heights = { thin: "h-3", strata: "h-3.5", tall: "h-[18px]" } as const;

type SegmentBandProps = { segments: Segment[]; size?: keyof typeof heights };

/** Blocks side by side, each as wide as its weight. Decorative: whoever shows it says its numbers in text or ARIA. */
export function SegmentBand({ segments, size = "thin" }: SegmentBandProps) {
  const gap = segments.length > 120 ? "gap-px" : "gap-0.5";
  return (
    <span aria-hidden className={`flex ${gap} overflow-hidden ${heights[size]}`}>
      {segments.map((segment) => (
        <span
          key={segment.key}
          title={segment.title}
          className={segmentClass({ look: segment.look, size: size === "tall" ? "tall" : "thin" })}
          style={
            { flex: `${Math.max(segment.weight, 0.0001)} 1 0px`, "--ratio": percentOf(segment.ratio) } as CSSProperties
          }
        />
      ))}
    </span>
  );
}

const percentOf = (ratio = 0) => `${Math.round(Math.min(1, Math.max(0, ratio)) * 100)}%`;
