import { access } from "node:fs/promises";
import { join } from "node:path";
import { putCopy } from "@/lib/db/points";
import { slotLabel } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import type { CopiedArchive, CopyOrder, RemoteFolder } from "../ports";
import { archiveDirectory, type PointWithArchive, pointOfStep } from "./point-of-step";
import type { StepContext, StepResult } from "./step-context";

/** One archive to one remote, from the nearest good copy. */
export async function copy(context: StepContext): Promise<StepResult> {
  const point = await pointOfStep(context);
  const destination = remoteFolder(context, point);
  const place = { pointId: point.id, destinationId: context.step.destinationId ?? "" };
  const archive = copiedArchive(point);
  const path = `${destination.nodeName}/${archive.name}`;
  const source = await chooseSource(context, point);
  context.log("info", `Copying ${archive.name} to ${destination.remote} from ${sourceWords(source)}.`);
  await putCopy(place, { state: "copying", path });

  const order: CopyOrder = {
    stepId: context.step.id,
    attempt: attemptNumber(context.step),
    archive,
    source,
    destination,
    manifestText: sealedManifest(point),
    limitKibPerSecond: context.settings.transferLimitKibPerSecond,
  };
  try {
    const { wasThere } = await context.tools.publishCopy(order, {
      signal: context.signal,
      onProgress: ({ bytesDone }) => context.progress({ bytesDone, bytesTotal: archive.sizeBytes }),
      onLine: (line, at) => context.log("info", line, { source: "rclone", at }),
    });
    return {
      outcome: { kind: "copied", path: `${destination.remote}/${path}`, from: sourceWords(source), wasThere },
      bytesDone: archive.sizeBytes,
      pointId: point.id,
      commit: async (tx) => {
        const copiedAt = new Date();
        await putCopy(place, { state: "pending", path, copiedAt, sizeBytes: archive.sizeBytes }, tx);
        return undefined;
      },
    };
  } catch (error) {
    const faultCause = context.signal.aborted ? "Cancelled before it was complete." : textOf(error);
    const isLeftRunning = context.signal.aborted && context.signal.reason !== "canceled";
    if (!isLeftRunning) await putCopy(place, { state: "failed", path, faultCause });
    throw error;
  }
}

const textOf = (error: unknown) => (error instanceof AppError ? error.message : "The worker met an error of its own.");

/** The same for a worker that takes the step over, so that it finds the transfer; another for every new try. */
const attemptNumber = ({ attempt, tries }: StepContext["step"]) => attempt * 1000 + tries;

/** The folder a copy goes to: of the node the archive was made on, at the step's remote. */
export function remoteFolder({ destination }: StepContext, point: PointWithArchive): RemoteFolder {
  if (!destination?.remote) throw new AppError("not_possible", "This destination names no remote.");
  return { remote: destination.remote, nodeName: point.archive.node.name };
}

export function copiedArchive({ archive }: PointWithArchive): CopiedArchive {
  return {
    name: archive.fileName,
    sizeBytes: Number(archive.sizeBytes),
    sha256: archive.sha256,
    md5: archive.md5,
  };
}

/** What is not sealed is never copied: its manifest is what makes a copy one. */
export function sealedManifest({ archive }: PointWithArchive): string {
  if (archive.manifestText === null)
    throw new AppError("not_possible", "The archive has not been proven readable yet.");
  return archive.manifestText;
}

/**
 * Secondary and tertiary read from the primary, so that the node's uplink carries each archive once; from the local file
 * where the policy says "auto" or the primary has no good copy. What is not good is never read from.
 */
async function chooseSource(context: StepContext, point: PointWithArchive): Promise<CopyOrder["source"]> {
  const { settings, destination, destinations, places, guest } = context;
  const directory = archiveDirectory(places.dumpDirectory, guest.type);
  const local = { kind: "local" as const, directory };
  const primary = destinations.find(({ slot }) => slot === "primary");
  const isGoodThere = point.copies.some((other) => other.destinationId === primary?.id && other.state === "good");
  const fromPrimary =
    primary?.remote && isGoodThere && destination?.slot !== "primary"
      ? { kind: "remote" as const, remote: primary.remote, nodeName: point.archive.node.name }
      : undefined;

  const isLocalThere = await access(join(directory, point.archive.fileName)).then(
    () => true,
    () => false,
  );
  if (fromPrimary && (settings.copySource === "primary" || !isLocalThere)) return fromPrimary;
  if (isLocalThere) return local;
  throw new AppError(
    "not_found",
    `${point.archive.fileName} is neither on this node nor good on ${slotLabel.primary}.`,
  );
}

const sourceWords = (source: CopyOrder["source"]) =>
  source.kind === "local" ? "the local archive" : `${source.remote}/${source.nodeName}`;
