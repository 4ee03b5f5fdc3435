import type { StateShape } from "@/components/ui/state-icon";
import type { Tone } from "@/components/ui/tone";
import { formatCount } from "@/lib/client/format-size";
import type { RunSummary } from "@/lib/contracts/runs";
import { slotLabel } from "@/lib/domain/destination";
import type { RunGuestStatus, RunKind, RunStatus, RunTrigger } from "@/lib/domain/run";
import type { StepKind, StepPlace, StepStatus } from "@/lib/domain/step";

type Look = { label: string; tone: Tone; shape: StateShape };

export const runStatusLook = {
  queued: { label: "Queued", tone: "idle", shape: "dashed" },
  running: { label: "Running", tone: "running", shape: "spinner" },
  succeeded: { label: "Succeeded", tone: "good", shape: "check" },
  partial: { label: "Finished with failures", tone: "warning", shape: "alert" },
  failed: { label: "Failed", tone: "bad", shape: "octagon" },
  missed: { label: "Did not start", tone: "bad", shape: "octagon" },
  cancelled: { label: "Cancelled", tone: "idle", shape: "slash" },
} as const satisfies Record<RunStatus, Look>;

/** The status in words, with the count of failures or the wish to end where there is one. */
export function runStatusText(run: RunSummary): string {
  if (run.status === "partial") return `Finished with ${formatCount(run.failedStepCount, "failure")}`;
  if (run.status === "running" && run.cancelRequestedAt) return "Stopping";
  return runStatusLook[run.status].label;
}

export const guestStatusLook = {
  failed: { label: "Failed", tone: "bad", shape: "octagon" },
  running: { label: "Running", tone: "running", shape: "spinner" },
  done: { label: "Done", tone: "good", shape: "check" },
  queued: { label: "Queued", tone: "idle", shape: "dashed" },
  skipped: { label: "Skipped", tone: "idle", shape: "slash" },
  cancelled: { label: "Cancelled", tone: "idle", shape: "slash" },
} as const satisfies Record<RunGuestStatus, Look>;

export const stepStatusLook = {
  waiting: { label: "Waiting", tone: "idle", shape: "dashed" },
  queued: { label: "Queued", tone: "idle", shape: "dashed" },
  running: { label: "Running", tone: "running", shape: "spinner" },
  succeeded: { label: "Done", tone: "good", shape: "check" },
  failed: { label: "Failed", tone: "bad", shape: "octagon" },
  skipped: { label: "Skipped", tone: "idle", shape: "slash" },
  cancelled: { label: "Cancelled", tone: "idle", shape: "slash" },
} as const satisfies Record<StepStatus, Look>;

const stepNames = {
  host_config: () => "Host configuration",
  dump: () => "Dump",
  seal: () => "Checksum",
  copy: (place) => `Copy to ${slotLabel[place.slot]}`,
  verify: (place) => `Verify ${slotLabel[place.slot]}`,
  prune: (place) => `Prune ${slotLabel[place.slot]}`,
} as const satisfies Record<StepKind, (place: StepPlace) => string>;

/** "Dump", "Copy to Secondary" */
export const stepName = (place: StepPlace): string => stepNames[place.kind](place);

export const runKindLabel = {
  backup: "Backup",
  verify: "Verify",
  test_restore: "Test-restore",
  restore: "Restore",
  prune: "Prune",
  catalogue: "Catalogue",
} as const satisfies Record<RunKind, string>;

const triggerWords = {
  schedule: "Scheduled",
  user: "By",
  api: "By API token",
  start: "At the first start",
} as const satisfies Record<RunTrigger, string>;

/** "Scheduled", "By Mira" */
export function triggerText(run: Pick<RunSummary, "trigger" | "requestedBy">): string {
  const words = triggerWords[run.trigger];
  if (run.trigger === "user") return `${words} ${run.requestedBy ?? "a user"}`;
  return run.trigger === "api" && run.requestedBy ? `${words} ${run.requestedBy}` : words;
}
