import type { Remotes, RemoveCopy } from "../ports";
import { copyPaths } from "./copy-paths";

/**
 * Removes one copy, the manifest first: ended half-way, what is left is no copy any more, and running it again removes
 * it. Only names that vzdump or this product give are removed; what is not there is fine.
 */
export function createRemoveCopy({ remotes }: { remotes: Remotes }): RemoveCopy {
  return async ({ destination, archiveName }, signal) => {
    const { manifest, archive, siblings } = copyPaths(destination, archiveName);
    await remotes.deleteObject(manifest, { signal });
    await remotes.deleteObject(archive, { signal });
    await Promise.all(siblings.map((path) => remotes.deleteObject(path, { signal })));
  };
}
