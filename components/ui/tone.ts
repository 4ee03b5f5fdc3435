/** What a colour may mean. Normal is quiet, so `idle` and `good` are the common ones. */
export type Tone = "good" | "warning" | "bad" | "running" | "idle";

export const toneText = {
  good: "text-ok-text",
  warning: "text-warn-text",
  bad: "text-fail-text",
  running: "text-run-text",
  idle: "text-fg3",
} as const satisfies Record<Tone, string>;

export const toneTint = {
  good: "bg-ok-tint",
  warning: "bg-warn-tint",
  bad: "bg-fail-tint",
  running: "bg-run-tint",
  idle: "bg-hover",
} as const satisfies Record<Tone, string>;
