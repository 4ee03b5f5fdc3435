import { findRun, type RunRow, requestRunCancel } from "@/lib/db/runs";
import { cancelUnclaimedSteps } from "@/lib/db/steps";
import { AppError } from "@/lib/domain/errors";
import { isRunOver } from "@/lib/domain/run";
import { publishControl } from "@/lib/redis/control";
import { concludeIfOver } from "./advance-run";
import { announceRun, announceStep } from "./announce";
import { wakeRun } from "./start-run";

type CancelRun = { runId: string; mode: "stop" | "finish_running"; by: string; now: Date };

/**
 * Asks for a run's end. The wish is a row first, so that it outlives everything; workers hear of it and stop their
 * children. What has not begun ends here and now: with "finish_running" only guests whose dump has not begun.
 */
export async function cancelRun({ runId, mode, by, now }: CancelRun): Promise<RunRow> {
  const run = await requestRunCancel(runId, { mode, by, now });
  if (!run) {
    const known = await findRun(runId);
    if (!known) throw new AppError("not_found", "There is no run with this id.");
    if (isRunOver(known.status)) throw new AppError("conflict", "This run is over already; nothing was changed.");
    return known;
  }
  if (run.status === "queued") await wakeRun(run.id);
  else await endUnbegunSteps(run, now);
  if (mode === "stop") await publishControl({ type: "cancel", runId });
  await announceRun(run);
  return run;
}

/** Ends what nobody works on in a run whose cancel was asked for. The reconciler calls it again. */
export async function endUnbegunSteps(run: RunRow, now: Date): Promise<void> {
  const kinds = run.cancelMode === "finish_running" ? (["host_config", "dump"] as const) : undefined;
  for (const step of await cancelUnclaimedSteps(run.id, now, kinds)) await announceStep(step);
  await concludeIfOver(run.id, now);
}
