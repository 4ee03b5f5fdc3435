import { z } from "zod";
import type { Slot } from "./destination";

export const stepKindSchema = z.enum(["host_config", "dump", "seal", "copy", "verify", "prune"]);
export type StepKind = z.infer<typeof stepKindSchema>;

export const stepStatusSchema = z.enum(["waiting", "queued", "running", "succeeded", "failed", "skipped", "cancelled"]);
export type StepStatus = z.infer<typeof stepStatusSchema>;

/** Where a step may go from each status. From running back to queued: a lost worker's step, or an automatic repeat. */
const exits = {
  waiting: ["queued", "skipped", "cancelled", "failed"],
  queued: ["running", "cancelled", "failed", "skipped"],
  running: ["succeeded", "failed", "cancelled", "queued", "skipped"],
  succeeded: [],
  failed: ["waiting"],
  skipped: ["waiting"],
  cancelled: ["waiting"],
} as const satisfies Record<StepStatus, readonly StepStatus[]>;

/** The statuses from which `status` can be entered: the where clause of every status write. */
export function stepEntriesTo(status: StepStatus): StepStatus[] {
  return stepStatusSchema.options.filter((from) => (exits[from] as readonly StepStatus[]).includes(status));
}

export function isStepOver(status: StepStatus): status is "succeeded" | "failed" | "skipped" | "cancelled" {
  return status !== "waiting" && status !== "queued" && status !== "running";
}

export type StepPlace = { kind: StepKind; slot: Slot };

/**
 * What a step waits for, among the steps of its own guest: `needs` must have succeeded, `after` must only be over.
 * Secondary and tertiary wait for the primary so that they can read from it, but go on from the local file when it failed.
 */
function stepConditions(step: StepPlace): { needs: StepPlace[]; after: StepPlace[] } {
  switch (step.kind) {
    case "host_config":
    case "dump":
      return { needs: [], after: [] };
    case "seal":
      return { needs: [], after: [] };
    case "copy":
      return {
        needs: [{ kind: "seal", slot: "local" }],
        after: step.slot === "primary" ? [] : [{ kind: "verify", slot: "primary" }],
      };
    case "verify":
      return { needs: [{ kind: "copy", slot: step.slot }], after: [] };
    case "prune":
      return step.slot === "local"
        ? { needs: [{ kind: "seal", slot: "local" }], after: [{ kind: "verify", slot: "primary" }] }
        : { needs: [{ kind: "verify", slot: step.slot }], after: [] };
    default:
      return step.kind satisfies never;
  }
}

/** `hasMade`: it left an archive in the catalogue, even if something about the step failed (a guest that stayed stopped). */
type KnownStep = StepPlace & { status: StepStatus; hasMade?: boolean };

const isUsable = (step: KnownStep) =>
  step.status === "succeeded" || (step.status === "failed" && step.hasMade === true);

const same = (a: StepPlace, b: StepPlace) => a.kind === b.kind && a.slot === b.slot;

/**
 * What becomes of one waiting step, given the steps of its guest in the run: it may start, it never will (with the step
 * that stands in the way), or it waits on. A seal follows whichever of host_config or dump its guest has.
 */
export function nextForStep(
  step: StepPlace,
  guestSteps: readonly KnownStep[],
): { move: "start" } | { move: "wait" } | { move: "skip"; because: KnownStep } {
  const { needs, after } = stepConditions(step);
  const makers = guestSteps.filter((other) => other.kind === "dump" || other.kind === "host_config");
  const needed =
    step.kind === "seal" ? makers : guestSteps.filter((other) => needs.some((place) => same(place, other)));

  const blocker = needed.find((other) => isStepOver(other.status) && !isUsable(other));
  if (blocker) return { move: "skip", because: blocker };
  if (needed.some((other) => !isStepOver(other.status))) return { move: "wait" };
  const awaited = guestSteps.filter((other) => after.some((place) => same(place, other)));
  return awaited.every((other) => isStepOver(other.status)) ? { move: "start" } : { move: "wait" };
}

/** The steps a retry begins again: the failed, and those that did not happen because of them. What succeeded stays. */
export function stepsToRetry<Step extends { status: StepStatus }>(steps: readonly Step[]): Step[] {
  return steps.filter((step) => step.status === "failed" || step.status === "skipped" || step.status === "cancelled");
}

/** A prune that had nothing to judge is no reason to call a run partial; everything that carries proof is. */
export function isRequiredStep(step: StepPlace, isDestinationRequired: boolean): boolean {
  return step.slot === "local" || isDestinationRequired;
}

const prunedSchema = z.strictObject({ archiveName: z.string(), reason: z.string() });

/** What a step found or did, for the screens and for the steps after it. */
export const stepOutcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("made"),
    archiveName: z.string(),
    mode: z.enum(["snapshot", "suspend", "stop"]),
    warnings: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal("sealed"), memberCount: z.int(), evidence: z.string() }),
  z.strictObject({ kind: z.literal("copied"), path: z.string(), from: z.string(), wasThere: z.boolean() }),
  z.strictObject({ kind: z.literal("verified"), verifiedBy: z.string(), proof: z.string(), evidence: z.string() }),
  z.strictObject({
    kind: z.literal("pruned"),
    removed: z.array(prunedSchema),
    held: z.array(prunedSchema),
    keptCount: z.int(),
  }),
]);
export type StepOutcome = z.infer<typeof stepOutcomeSchema>;
