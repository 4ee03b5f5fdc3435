import { createHash } from "node:crypto";
import { putCopy, sealPoint } from "@/lib/db/points";
import { verifiedByText } from "@/lib/domain/destination";
import { AppError } from "@/lib/domain/errors";
import type { Manifest } from "@/lib/domain/manifest";
import { manifestName } from "@/lib/domain/manifest";
import { productVersion } from "@/lib/product-version";
import { signManifest } from "@/lib/services/sign-manifest";
import type { SealedArchive } from "../ports";
import { archiveDirectory, type PointWithArchive, pointOfStep } from "./point-of-step";
import type { StepContext, StepResult } from "./step-context";

/** Reads the finished archive back from disk to its end, and so proves it (P3) before anything is copied. */
export async function seal(context: StepContext): Promise<StepResult> {
  const { tools, places, guest, destination } = context;
  const point = await pointOfStep(context);
  const { archive } = point;
  const directory = archiveDirectory(places.dumpDirectory, guest.type);
  const localPlace = destination && { pointId: point.id, destinationId: destination.id };

  const sealed = await tools
    .sealArchive(
      { directory, fileName: archive.fileName, kind: guest.type === "qemu" ? "vma" : "tar" },
      {
        signal: context.signal,
        onProgress: (bytesDone) => context.progress({ bytesDone, bytesTotal: Number(archive.sizeBytes) }),
      },
    )
    .then(requireSameBytes(point))
    .catch(async (error: unknown) => {
      const isOfBytes = error instanceof AppError && error.code === "archive_unreadable";
      if (isOfBytes && localPlace) {
        await putCopy(localPlace, { state: "corrupt", path: archive.fileName, faultCause: error.message });
      }
      throw error;
    });

  const sealedAt = new Date();
  const manifestText = signManifest(manifestOf(context, point, sealed, sealedAt));
  await tools.dumpDirectory.writeBeside(directory, manifestName(archive.fileName), manifestText);
  const evidence = `${verifiedByText.local_read}; ${sealed.memberCount} members`;
  context.log("info", `${archive.fileName}: ${evidence}.`);

  return {
    outcome: { kind: "sealed", memberCount: sealed.memberCount, evidence },
    bytesDone: sealed.sizeBytes,
    pointId: point.id,
    commit: async (tx) => {
      const { rawSizeBytes, rawSha256, configText } = sealed;
      const configDigest = sha256(configText);
      await sealPoint(
        point.id,
        { manifestText, sealedAt, hasIndex: true, rawSizeBytes, rawSha256, configText, configDigest },
        tx,
      );
      if (localPlace) {
        await putCopy(
          localPlace,
          {
            state: "good",
            path: archive.fileName,
            sizeBytes: sealed.sizeBytes,
            proof: "P3",
            verifiedBy: "local_read",
            evidence,
            provedAt: sealedAt,
          },
          tx,
        );
      }
      return undefined;
    },
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** What was read back must be what the one pass of the dump saw; a stock archive has nothing to be held against yet. */
const requireSameBytes =
  ({ archive }: PointWithArchive) =>
  (sealed: SealedArchive): SealedArchive => {
    const isSameFile = sealed.sha256 === archive.sha256 && sealed.sizeBytes === Number(archive.sizeBytes);
    const isSameData = archive.rawSha256 === null || sealed.rawSha256 === archive.rawSha256;
    if (isSameFile && isSameData) return sealed;
    throw new AppError(
      "archive_unreadable",
      `${archive.fileName} reads back with other bytes than were written: the disk or its memory altered them.`,
    );
  };

function manifestOf(context: StepContext, point: PointWithArchive, sealed: SealedArchive, sealedAt: Date): Manifest {
  const { guest, run, node, settings } = context;
  return {
    format: "undercroft-manifest/1",
    archiveName: point.archive.fileName,
    cluster: context.clusterName,
    node: node.name,
    guest: {
      type: guest.type,
      vmid: guest.vmid,
      name: guest.name,
      incarnation: guest.incarnation,
      fingerprint: guest.fingerprint,
    },
    takenAt: point.takenAt.toISOString(),
    mode: point.mode,
    engine: settings.engine,
    sizeBytes: sealed.sizeBytes,
    sha256: sealed.sha256,
    md5: sealed.md5,
    rawSizeBytes: sealed.rawSizeBytes,
    rawSha256: sealed.rawSha256,
    indexSha256: sealed.indexSha256,
    policy: { id: run.policyId ?? "", name: run.policyName },
    run: { id: run.id, number: run.number },
    note: point.note,
    config: { text: sealed.configText, sha256: sha256(sealed.configText) },
    versions: { undercroft: productVersion, node: process.versions.node },
    sealedAt: sealedAt.toISOString(),
  };
}
