import { z } from "zod";

export const runKindSchema = z.enum(["backup", "verify", "test_restore", "restore", "prune", "catalogue"]);
export type RunKind = z.infer<typeof runKindSchema>;

export const runStatusSchema = z.enum(["queued", "running", "succeeded", "partial", "failed", "missed", "cancelled"]);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const runTriggerSchema = z.enum(["schedule", "user", "api", "start"]);
export type RunTrigger = z.infer<typeof runTriggerSchema>;

/** Where a run may go from each status. Retry is the way back from an end. */
const exits = {
  queued: ["running", "failed", "cancelled"],
  running: ["succeeded", "partial", "failed", "cancelled"],
  succeeded: [],
  partial: ["running"],
  failed: ["running"],
  missed: ["queued"],
  cancelled: ["running"],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/** The statuses from which `status` can be entered: the where clause of every status write. */
export function runEntriesTo(status: RunStatus): RunStatus[] {
  return runStatusSchema.options.filter((from) => (exits[from] as readonly RunStatus[]).includes(status));
}

export function isRunOver(status: RunStatus): boolean {
  return status !== "queued" && status !== "running";
}

type EndedStep = { kind: string; status: "succeeded" | "failed" | "skipped" | "cancelled"; isRequired: boolean };

/** How a run ends, from its steps alone: green only when everything required is proven, failed only when nothing was gained. */
export function concludeRun(steps: readonly EndedStep[]): "succeeded" | "partial" | "failed" | "cancelled" {
  if (steps.some((step) => step.status === "cancelled")) return "cancelled";
  const wanting = steps.filter((step) => step.isRequired && step.status !== "succeeded");
  if (wanting.length === 0) return steps.some((step) => step.status === "failed") ? "partial" : "succeeded";
  const gained = steps.some((step) => step.kind === "seal" && step.status === "succeeded");
  return gained ? "partial" : "failed";
}
