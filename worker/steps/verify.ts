import { putCopy } from "@/lib/db/points";
import { verifiedByText } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import { copiedArchive, remoteFolder, sealedManifest } from "./copy";
import { pointOfStep } from "./point-of-step";
import type { StepContext, StepResult } from "./step-context";

/** Holds one copy against its manifest by the strongest check the remote offers, and records literally which one it was. */
export async function verify(context: StepContext): Promise<StepResult> {
  const point = await pointOfStep(context);
  const destination = remoteFolder(context, point);
  const archive = copiedArchive(point);
  const path = `${destination.nodeName}/${archive.name}`;
  const place = { pointId: point.id, destinationId: context.step.destinationId ?? "" };
  try {
    const checked = await context.tools.verifyCopy(
      { destination, archive, manifestText: sealedManifest(point) },
      {
        signal: context.signal,
        onProgress: ({ bytesDone }) => context.progress({ bytesDone, bytesTotal: archive.sizeBytes }),
      },
    );
    context.log("info", `${archive.name}: ${verifiedByText[checked.verifiedBy]}. ${checked.evidence}`);
    return {
      outcome: { kind: "verified", ...checked },
      bytesDone: archive.sizeBytes,
      pointId: point.id,
      commit: async (tx) => {
        await putCopy(
          place,
          { state: "good", path, sizeBytes: archive.sizeBytes, ...checked, provedAt: new Date() },
          tx,
        );
        return undefined;
      },
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "copy_corrupt") {
      await putCopy(place, { state: "corrupt", path, faultCause: error.message });
    }
    throw error;
  }
}
