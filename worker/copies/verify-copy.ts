import { AppError } from "@/lib/domain/errors";
import type { Remotes, VerifyCopy } from "../ports";
import { checkByReading, checkObject } from "./check-object";
import { copyPaths } from "./copy-paths";
import { readManifestText } from "./read-manifest-text";

/**
 * Holds a copy against its manifest, and the manifest there against ours. The result says by which check, for they do not
 * prove the same: an ingest_hash was recorded at upload and says nothing of what became of the bytes since.
 */
export function createVerifyCopy({ remotes }: { remotes: Remotes }): VerifyCopy {
  return async ({ destination, archive, manifestText, isReadBack = false }, options) => {
    const paths = copyPaths(destination, archive.name);
    const foundText = await readManifestText(remotes, paths.manifest, options);
    if (foundText !== manifestText) {
      const what = foundText === undefined ? "has no manifest there" : "has another manifest there";
      throw new AppError("copy_corrupt", `${archive.name} ${what}, so it does not count as a copy.`);
    }

    const check = await (isReadBack ? checkByReading : checkObject)(remotes, paths.archive, archive, options);
    if (check.outcome !== "same") {
      throw new AppError("copy_corrupt", `${archive.name} is not what the manifest says. ${check.evidence}`);
    }
    const { verifiedBy, evidence } = check;
    return { verifiedBy, proof: "P2", evidence };
  };
}
