import { z } from "zod";
import { isStepOver, type StepKind, type StepStatus } from "./step";

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

export const runGuestStatusSchema = z.enum(["queued", "running", "done", "failed", "skipped", "cancelled"]);
export type RunGuestStatus = z.infer<typeof runGuestStatusSchema>;

/** How one guest stands in a run, from its steps: the worst that is certain, else how far it is. */
export function runGuestStatus(steps: readonly { kind: StepKind; status: StepStatus }[]): RunGuestStatus {
  const has = (status: StepStatus) => steps.some((step) => step.status === status);
  const isOver = steps.every((step) => isStepOver(step.status));
  if (has("failed")) return "failed";
  if (has("cancelled")) return "cancelled";
  if (isOver) return steps.some((step) => step.kind !== "prune" && step.status === "skipped") ? "skipped" : "done";
  if (has("running") || has("succeeded")) return "running";
  return "queued";
}

export const runTallySchema = z.object({
  guestCounts: z.record(runGuestStatusSchema, z.int()).and(z.object({ total: z.int() })),
  bytesDone: z.number(),
  bytesTotal: z.number(),
  failedStepCount: z.int(),
});
export type RunTally = z.infer<typeof runTallySchema>;

type TalliedStep = {
  guestId: string;
  kind: StepKind;
  status: StepStatus;
  bytesDone: number;
  bytesTotal: number | null;
};

/** The sums a list shows of a run. Bytes are those of dumps and copies; what is over counts with what it moved. */
export function tallyRun(steps: readonly TalliedStep[]): RunTally {
  const guestCounts = { queued: 0, running: 0, done: 0, failed: 0, skipped: 0, cancelled: 0, total: 0 };
  for (const guestSteps of Map.groupBy(steps, (step) => step.guestId).values()) {
    guestCounts[runGuestStatus(guestSteps)] += 1;
    guestCounts.total += 1;
  }
  const moving = steps.filter(({ kind }) => kind === "host_config" || kind === "dump" || kind === "copy");
  const totalOf = (step: TalliedStep) =>
    isStepOver(step.status) ? step.bytesDone : Math.max(step.bytesTotal ?? 0, step.bytesDone);
  return {
    guestCounts,
    bytesDone: moving.reduce((sum, step) => sum + step.bytesDone, 0),
    bytesTotal: moving.reduce((sum, step) => sum + totalOf(step), 0),
    failedStepCount: steps.filter((step) => step.status === "failed").length,
  };
}
