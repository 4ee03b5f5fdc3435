import type { Transaction } from "@/lib/db/client";
import type { StepRow } from "@/lib/db/steps";
import type { Slot } from "@/lib/domain/destination";
import type { GuestType } from "@/lib/domain/guest";
import type { PolicySnapshot } from "@/lib/domain/policy";
import type { RetentionRules } from "@/lib/domain/retention";
import type { StepOutcome } from "@/lib/domain/step";
import type { Tools } from "../ports";

/**
 * Why a step is told to stop: a person cancelled it (children end, leftovers go), the worker stops (detached children
 * live on and are found again), or another worker holds the step by now (nothing more may be written).
 */
export type StopReason = "canceled" | "interrupted" | "fenced";

type StepGuest = {
  id: string;
  type: GuestType;
  vmid: number | null;
  name: string;
  key: string;
  incarnation: number;
  fingerprint: string;
};

export type StepDestination = {
  id: string;
  slot: Slot;
  name: string;
  remote: string | null;
  retention: RetentionRules;
};

/** All that a step needs to know; what it may do is in `tools`. */
export type StepContext = {
  step: StepRow;
  run: { id: string; number: number; policyId: string | null; policyName: string };
  clusterName: string;
  node: { id: string; name: string };
  guest: StepGuest;
  settings: PolicySnapshot["settings"];
  timeZone: string;
  destinations: readonly StepDestination[];
  /** The step's own destination. */
  destination: StepDestination | undefined;
  places: { dumpDirectory: string; stateDirectory: string; hostRoot: string };
  tools: Tools;
  signal: AbortSignal;
  log: (level: "debug" | "info" | "warn" | "error", text: string, from?: { source?: string; at?: Date }) => void;
  progress: (progress: { bytesDone: number; bytesTotal?: number | undefined }) => void;
};

/** A step that did its work. `commit` is written in one transaction with the step's end, so that a fenced worker writes neither. */
export type StepResult = {
  outcome: StepOutcome;
  bytesDone?: number | undefined;
  pointId?: string | undefined;
  commit?: (tx: Transaction) => Promise<{ pointId: string } | undefined>;
  /** Once the end is written: tidying up what a repeat would have needed. */
  afterwards?: (() => Promise<void>) | undefined;
  /** The work is there but something about it is wrong all the same: the step fails, what it made stays. */
  failure?: Error | undefined;
};

export type StepHandler = (context: StepContext) => Promise<StepResult>;
