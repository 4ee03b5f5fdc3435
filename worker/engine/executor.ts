import { type LaneName, laneNames, laneOf } from "@/lib/contracts/jobs";
import { adoptStep, claimStep, endStep, findStep, renewLeases, type StepClaim, type StepRow } from "@/lib/db/steps";
import type { StepKind } from "@/lib/domain/step";
import { log } from "@/lib/log";
import { announceStep } from "@/lib/services/announce";
import type { Tools } from "../ports";
import type { StepHandler, StopReason } from "../steps/step-context";
import { leaseMs } from "../tunables";
import { describeFailure } from "./describe-failure";
import { Lane } from "./lane";
import type { ProgressBoard } from "./progress-board";
import type { RunLog } from "./run-log";
import { carryStep } from "./run-step";
import { stepContextOf } from "./step-context-of";
import { withDatabase } from "./with-database";

type Active = { claim: StepClaim; runId: string; controller: AbortController };

type ExecutorOptions = {
  workerId: string;
  tools: Tools;
  handlers: Record<StepKind, StepHandler>;
  runLog: RunLog;
  board: ProgressBoard;
  transfersPerRemote: number;
};

/**
 * Works off the steps of one node, in lanes. A step may be offered by the queue, the reconciler or a restart, as often
 * as they like: it is taken once, because its row is claimed by one guarded write.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #lanes: Record<LaneName, Lane>;
  /** Offered and not over: keeps a second offer from standing in the lane beside the first. */
  readonly #offered = new Set<string>();
  readonly #active = new Map<string, Active>();
  readonly #ends = new Set<Promise<void>>();
  #isStopping = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    const limits = laneNames.map((name) => [name, new Lane(name.startsWith("copy-") ? options.transfersPerRemote : 1)]);
    this.#lanes = Object.fromEntries(limits) as Record<LaneName, Lane>;
  }

  /** Puts a queued step into its lane. Returns at once. */
  async offer(stepId: string): Promise<void> {
    if (this.#isStopping || this.#offered.has(stepId)) return;
    const step = await findStep(stepId);
    if (step?.status !== "queued") return;
    this.#enter(step, () => claimStep(step.id, { workerId: this.#options.workerId, leaseMs, now: new Date() }));
  }

  /** Takes over a running step whose worker is gone; its handler finds the children that live on. */
  adopt(step: StepRow): void {
    this.#enter(step, () => adoptStep(step, { workerId: this.#options.workerId, leaseMs, now: new Date() }));
  }

  isWorkingOn(stepId: string): boolean {
    return this.#offered.has(stepId);
  }

  /** Ends what runs for a run: a person cancelled it. */
  cancelRun(runId: string): void {
    for (const active of this.#active.values()) if (active.runId === runId) abort(active, "canceled");
  }

  /** Renews the leases of what runs; what is lost to another worker is told to stop writing. */
  async renew(): Promise<void> {
    const claims = [...this.#active.values()].map(({ claim }) => claim);
    for (const lost of await renewLeases(claims, new Date(Date.now() + leaseMs))) {
      const active = this.#active.get(lost.stepId);
      if (active && active.claim.fencingToken === lost.fencingToken) abort(active, "fenced");
    }
  }

  /** Lets go of everything. Detached children live on; their steps stay "running" for the next worker. */
  async stop(reason: Exclude<StopReason, "canceled">): Promise<void> {
    this.#isStopping = true;
    for (const active of this.#active.values()) abort(active, reason);
    await Promise.allSettled(this.#ends);
  }

  #enter(step: StepRow, claim: () => Promise<StepRow | undefined>): void {
    if (this.#offered.has(step.id)) return;
    this.#offered.add(step.id);
    const end = this.#lanes[laneOf(step)]
      .run(() => this.#work(claim))
      .catch((error: unknown) => log().error({ stepId: step.id, error }, "step could not be worked on"))
      .finally(() => {
        this.#offered.delete(step.id);
        this.#ends.delete(end);
      });
    this.#ends.add(end);
  }

  async #work(claim: () => Promise<StepRow | undefined>): Promise<void> {
    if (this.#isStopping) return;
    const step = await withDatabase(claim);
    // Taken by another, cancelled, or not due yet: not ours.
    if (!step) return;
    const controller = new AbortController();
    const held: StepClaim = { stepId: step.id, fencingToken: step.fencingToken };
    this.#active.set(step.id, { claim: held, runId: step.runId, controller });
    try {
      await announceStep(step);
      const { tools, runLog, board, handlers } = this.#options;
      const context = await withDatabase(() =>
        stepContextOf(step, { tools, signal: controller.signal, runLog, board }),
      );
      await carryStep(step, context, handlers[step.kind]);
    } catch (error) {
      // Only what stands outside the handler comes here: the step must not stay "running" for that.
      log().error({ stepId: step.id, error }, "step ended by an error of the worker");
      await withDatabase(() => endStep(held, { status: "failed", endedAt: new Date(), fault: describeFailure(error) }));
    } finally {
      this.#active.delete(step.id);
      this.#options.board.forget(step.id);
      await this.#options.runLog.flush();
    }
  }
}

function abort({ controller }: Active, reason: StopReason): void {
  controller.abort(reason);
}
