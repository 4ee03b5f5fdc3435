import type { Remotes, SweepInflight, Transfers } from "../ports";
import { inflightFolder, isInflightName, isInflightOf } from "./copy-paths";

/**
 * Removes what uploads left in flight at a remote before an instant and nobody came back for. Files that are not named
 * as ours, and those of transfers that this worker knows, stay. Returns the names removed.
 */
export function createSweepInflight({ remotes, transfers }: { remotes: Remotes; transfers: Transfers }): SweepInflight {
  return async (remote, { before, signal }) => {
    const folder = inflightFolder(remote);
    const known = (await transfers.listTransfers()).map(({ subject }) => subject.slice(subject.lastIndexOf("/") + 1));
    const files = await remotes.listDirectory(folder, { signal, hasTimes: true });
    const stale = files.filter(
      ({ name, modifiedAt }) =>
        isInflightName(name) &&
        modifiedAt !== undefined &&
        modifiedAt < before &&
        !known.some((archiveName) => isInflightOf(name, archiveName)),
    );
    for (const { name } of stale) await remotes.deleteObject(`${folder}/${name}`, { signal });
    return stale.map(({ name }) => name);
  };
}
