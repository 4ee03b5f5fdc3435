import { markCopyRemoved, openRunsOfGuest, type PointRow, pointsOfGuest, putCopy } from "@/lib/db/points";
import { isProofAtLeast, slotLabel } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { type PrunableCopy, planPrune } from "@/lib/domain/prune-guard";
import { archiveDirectory } from "./point-of-step";
import type { StepContext, StepDestination, StepResult } from "./step-context";

type PruneCandidate = PrunableCopy & { pointId: string; archiveName: string; nodeName: string };

/**
 * Removes of one guest at one destination what its policy's rules do not keep. Planned by the function the simulator
 * uses, from the catalogue and a fresh listing, told before it is done; only what both know is removed.
 */
export async function prune(context: StepContext): Promise<StepResult> {
  const { destination, step, timeZone } = context;
  if (!destination) throw new AppError("not_possible", "This prune names no destination.");
  const points = await pointsOfGuest(step.guestId);
  const candidates = await judgeCopies(context, destination, points);
  const hasPrimary = context.destinations.some(({ slot }) => slot === "primary");

  const plan = planPrune(
    candidates,
    {
      rules: destination.retention,
      isCatalogueTrusted: candidates.some((copy) => copy.isGood && copy.isListed),
      waitsForPrimary: destination.slot === "local" && hasPrimary,
      confirmedRemovals: null,
    },
    timeZone,
  );
  const label = slotLabel[destination.slot];
  if (plan.question) {
    throw new AppError(
      "not_possible",
      `${plan.question.text} from ${label}. That is more than half, so nothing goes by itself.`,
      {
        safe: "Nothing was removed.",
        action: "Check the policy's retention",
      },
    );
  }

  const reasonOf = new Map(plan.entries.map(({ copy, reason }) => [copy, reason]));
  for (const copy of plan.remove) {
    const reason = reasonOf.get(copy) ?? "no rule keeps it";
    context.signal.throwIfAborted();
    context.log("info", `Removing ${copy.archiveName} from ${label}: ${reason}.`);
    await remove(context, destination, copy);
    const place = { pointId: copy.pointId, destinationId: destination.id };
    await markCopyRemoved(place, { removedAt: new Date(), reason });
  }
  return {
    outcome: {
      kind: "pruned",
      removed: plan.remove.map((copy) => ({ archiveName: copy.archiveName, reason: reasonOf.get(copy) ?? "" })),
      held: plan.held.map(({ copy, reason }) => ({ archiveName: copy.archiveName, reason })),
      keptCount: candidates.filter(({ isGood }) => isGood).length - plan.remove.length,
    },
  };
}

/** The guest's copies at the destination as the guard wants to know them. Good ones that vanished are noted as missing. */
async function judgeCopies(
  context: StepContext,
  destination: StepDestination,
  points: readonly PointRow[],
): Promise<PruneCandidate[]> {
  const primary = context.destinations.find(({ slot }) => slot === "primary");
  const openRunIds = new Set(await openRunsOfGuest(context.step.guestId));
  const isHere = (point: PointRow) => destination.slot !== "local" || point.archive?.nodeId === context.node.id;
  const held = points.filter((point) => isHere(point) && copyAt(point, destination.id));
  const nodeNames = [...new Set(held.map((point) => point.archive?.node.name ?? ""))];
  const listings = new Map(
    await Promise.all(nodeNames.map(async (name) => [name, await list(context, destination, name)] as const)),
  );

  const candidates: PruneCandidate[] = [];
  for (const point of held) {
    const copy = copyAt(point, destination.id);
    if (!copy || !point.archive || copy.state === "removed") continue;
    const { fileName, node } = point.archive;
    const isListed = listings.get(node.name)?.has(fileName) ?? false;
    const isGood = copy.state === "good" && isProofAtLeast(copy.proof, context.settings.requiredProof);
    if (copy.state === "good" && !isListed) {
      const place = { pointId: point.id, destinationId: destination.id };
      context.log("warn", `${fileName} is not at ${slotLabel[destination.slot]} any more.`);
      await putCopy(place, { state: "missing", path: copy.path, faultCause: "Not in the destination's listing." });
      continue;
    }
    candidates.push({
      pointId: point.id,
      archiveName: fileName,
      nodeName: node.name,
      createdAt: point.takenAt,
      isGood,
      isPinned: point.isPinned,
      isGoodOnPrimary: point.copies.some((other) => other.destinationId === primary?.id && other.state === "good"),
      isInUse: point.runId !== null && openRunIds.has(point.runId),
      isListed,
    });
  }
  return candidates;
}

const copyAt = (point: PointRow, destinationId: string) =>
  point.copies.find((copy) => copy.destinationId === destinationId);

async function list(
  context: StepContext,
  destination: StepDestination,
  nodeName: string,
): Promise<Map<string, number>> {
  if (destination.slot === "local") {
    return context.tools.dumpDirectory.list(archiveDirectory(context.places.dumpDirectory, context.guest.type));
  }
  return context.tools.listCopies({ remote: remoteOf(destination), nodeName }, context.signal);
}

async function remove(context: StepContext, destination: StepDestination, copy: PruneCandidate): Promise<void> {
  if (destination.slot === "local") {
    const directory = archiveDirectory(context.places.dumpDirectory, context.guest.type);
    await context.tools.dumpDirectory.removeArchive(directory, copy.archiveName);
    return;
  }
  const folder = { remote: remoteOf(destination), nodeName: copy.nodeName };
  await context.tools.removeCopy({ destination: folder, archiveName: copy.archiveName }, context.signal);
}

function remoteOf(destination: StepDestination): string {
  if (!destination.remote) throw new AppError("not_possible", "This destination names no remote.");
  return destination.remote;
}
