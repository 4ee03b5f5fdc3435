import { access } from "node:fs/promises";
import type { CopyOrder, Remotes } from "../ports";
import { type CopyPaths, siblingNames, sourceFolder } from "./copy-paths";

/**
 * Brings what lies beside the archive at its source (file index, notes), and removes what lies beside it at the
 * destination from an earlier time but has no counterpart any more.
 */
export async function publishSiblings(
  remotes: Remotes,
  order: CopyOrder,
  { paths, present, signal }: { paths: CopyPaths; present: ReadonlyMap<string, number>; signal: AbortSignal },
): Promise<void> {
  const names = siblingNames(order.archive.name);
  await Promise.all(
    names.map(async (name) => {
      const from = `${sourceFolder(order)}/${name}`;
      const to = `${paths.folder}/${name}`;
      if (await isAtSource(remotes, order, from, signal)) await remotes.copyObject(from, to, { signal });
      else if (present.has(name)) await remotes.deleteObject(to, { signal });
    }),
  );
}

async function isAtSource(remotes: Remotes, { source }: CopyOrder, path: string, signal: AbortSignal) {
  if (source.kind === "remote") return (await remotes.statObject(path, { signal })) !== undefined;
  return access(path).then(
    () => true,
    () => false,
  );
}
