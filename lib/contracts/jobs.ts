import { z } from "zod";
import type { Slot } from "@/lib/domain/destination";
import { remoteSlots } from "@/lib/domain/destination";
import type { StepKind } from "@/lib/domain/step";

/**
 * Every job that may be delivered. A payload holds ids only: the row in Postgres is the request, so a job may be lost or
 * repeated without harm.
 */
export const jobs = {
  "policy.due": z.strictObject({ policyId: z.uuid() }),
  "run.plan": z.strictObject({ runId: z.uuid() }),
  "step.run": z.strictObject({ stepId: z.uuid() }),
  "destination.test": z.strictObject({ destinationId: z.uuid() }),
} as const satisfies Record<string, z.ZodType>;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]>;

/** What any worker may take. */
export const upkeepQueue = "upkeep";

/** What only the worker of one node takes. BullMQ forbids ":" in queue names. */
export const nodeQueue = (nodeName: string) => `node.${nodeName}`;

/** A worker's lanes: dumps, seals, verifies and prunes one at a time, transfers a few at a time per remote. */
export const laneNames = [
  "dump",
  "seal",
  "verify",
  "prune",
  ...remoteSlots.map((slot) => `copy-${slot}` as const),
] as const;
export type LaneName = (typeof laneNames)[number];

export function laneOf(step: { kind: StepKind; slot: Slot }): LaneName {
  switch (step.kind) {
    case "host_config":
    case "dump":
      return "dump";
    case "seal":
      return "seal";
    case "verify":
      return "verify";
    case "prune":
      return "prune";
    case "copy":
      if (step.slot === "local") throw new Error("a copy step has a remote slot");
      return `copy-${step.slot}`;
    default:
      return step.kind satisfies never;
  }
}
