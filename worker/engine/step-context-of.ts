import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import type { StepRow } from "@/lib/db/steps";
import { AppError } from "@/lib/domain/errors";
import { policySnapshotSchema } from "@/lib/domain/policy";
import type { Tools } from "../ports";
import type { StepContext } from "../steps/step-context";
import type { ProgressBoard } from "./progress-board";
import type { RunLog } from "./run-log";

type Around = { tools: Tools; signal: AbortSignal; runLog: RunLog; board: ProgressBoard };

/** Everything a claimed step works with, read once at its start. */
export async function stepContextOf(step: StepRow, { tools, signal, runLog, board }: Around): Promise<StepContext> {
  const [run, node, guest] = await Promise.all([
    db().run.findUniqueOrThrow({ where: { id: step.runId } }),
    db().node.findUniqueOrThrow({ where: { id: step.nodeId }, include: { cluster: true } }),
    db().guest.findUniqueOrThrow({ where: { id: step.guestId } }),
  ]);
  const snapshot = policySnapshotSchema.parse(run.policySnapshot);
  const rows = await db().destination.findMany({
    where: { id: { in: snapshot.destinations.map(({ destinationId }) => destinationId) } },
  });
  const destinations = snapshot.destinations.flatMap(({ destinationId, retention }) => {
    const row = rows.find(({ id }) => id === destinationId);
    return row ? [{ id: row.id, slot: row.slot, name: row.name, remote: row.remote, retention }] : [];
  });
  const destination = destinations.find(({ id }) => id === step.destinationId);
  if (step.destinationId && !destination) throw new AppError("not_found", "The destination of this step was removed.");

  const { dumpDirectory, stateDirectory, hostRoot } = config();
  return {
    step,
    run: { id: run.id, number: run.number, policyId: run.policyId, policyName: run.policyName },
    clusterName: node.cluster.name,
    node: { id: node.id, name: node.name },
    guest,
    settings: snapshot.settings,
    timeZone: snapshot.timeZone,
    destinations,
    destination,
    places: { dumpDirectory, stateDirectory, hostRoot },
    tools,
    signal,
    log: (level, text, { source = step.kind, at = new Date() } = {}) =>
      runLog.add(step.runId, { at, level, stepId: step.id, source, text }),
    progress: (progress) => board.report({ stepId: step.id, fencingToken: step.fencingToken }, step.runId, progress),
  };
}
