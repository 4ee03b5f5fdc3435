import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { sealArchive as readBack } from "@/lib/archive/seal-archive";
import { AppError } from "@/lib/domain/errors";
import { indexName } from "@/lib/domain/manifest";
import type { SealArchive } from "../../ports";

/** Reads an archive back from disk; the index of an archive that has none is written in the same pass. */
export const sealArchive: SealArchive = async ({ directory, fileName, kind }, { signal, onProgress }) => {
  const path = join(directory, fileName);
  const indexPath = join(directory, indexName(fileName));
  const knownIndex = await sha256OfFile(indexPath);
  const sealed = await readBack({
    path,
    kind,
    signal,
    onProgress,
    ...(knownIndex === undefined ? { index: { path: indexPath, bodyPath: `${indexPath}.body` } } : {}),
  });
  const indexSha256 = knownIndex ?? sealed.index?.sha256;
  if (indexSha256 === undefined) throw new AppError("archive_unreadable", `The file list of ${fileName} is missing.`);
  const { sizeBytes, sha256, md5, rawSizeBytes, rawSha256, inspection } = sealed;
  return {
    sizeBytes,
    sha256,
    md5,
    rawSizeBytes,
    rawSha256,
    memberCount: inspection.memberCount + inspection.devices.length,
    configText: inspection.configText ?? "",
    indexSha256,
  };
};

/** Undefined when there is no such file. */
async function sha256OfFile(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}
