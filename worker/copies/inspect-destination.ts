import { isPrunableName } from "@/lib/domain/archive-name";
import { manifestName } from "@/lib/domain/manifest";
import type { ListCopies, RemoteEntry, RemoteFolder, Remotes } from "../ports";
import { nodeFolder, siblingNames } from "./copy-paths";

type ListedFile = Pick<RemoteEntry, "name" | "sizeBytes">;

export type InspectedFolder = {
  /** Archives with a manifest: what may be a copy. Whether it is one, the manifest's content and a check tell. */
  withManifest: ListedFile[];
  /** Archives without one, and manifests, indices and notes without an archive: a copy that was begun or half removed. */
  incomplete: ListedFile[];
  /** What neither vzdump nor this product names so. Shown, never touched. */
  foreign: ListedFile[];
};

/** Sorts the files of a node's folder. Throws when the folder could not be listed to its end. */
async function inspectDestination(
  remotes: Remotes,
  destination: RemoteFolder,
  { signal }: { signal: AbortSignal },
): Promise<InspectedFolder> {
  return sortFiles(await remotes.listDirectory(nodeFolder(destination), { signal }));
}

function sortFiles(files: readonly ListedFile[]): InspectedFolder {
  const names = new Set(files.map(({ name }) => name));
  const sorted: InspectedFolder = { withManifest: [], incomplete: [], foreign: [] };
  for (const { name, sizeBytes } of files) {
    const file = { name, sizeBytes };
    const owner = ownerOf(name);
    if (isPrunableName(name)) sorted[names.has(manifestName(name)) ? "withManifest" : "incomplete"].push(file);
    else if (owner === undefined) sorted.foreign.push(file);
    else if (!names.has(owner)) sorted.incomplete.push(file);
  }
  return sorted;
}

/** The archive that a manifest, an index or notes belong to by their name. */
function ownerOf(name: string): string | undefined {
  const endings = [manifestName(""), ...siblingNames("")];
  const ending = endings.find((candidate) => name.endsWith(candidate));
  const owner = ending === undefined ? "" : name.slice(0, -ending.length);
  return isPrunableName(owner) ? owner : undefined;
}

/** All archives of a node's folder, whole or not: a half-removed one must stay removable. */
export function createListCopies({ remotes }: { remotes: Remotes }): ListCopies {
  return async (destination, signal) => {
    const { withManifest, incomplete } = await inspectDestination(remotes, destination, { signal });
    const archives = [...withManifest, ...incomplete].filter(({ name }) => isPrunableName(name));
    return new Map(archives.map(({ name, sizeBytes }) => [name, sizeBytes]));
  };
}
