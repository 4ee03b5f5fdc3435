import { chmodSync, lchownSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Raises the owners of a tree from a container's ids to those an unprivileged one has on the host. */
export function shiftOwners(root: string, idOffset: number): void {
  const seen = new Set<number>();
  const walk = (path: string) => {
    const stat = lstatSync(path);
    // A hard link is reached by each of its names, and must be raised once.
    if (!seen.has(stat.ino)) {
      seen.add(stat.ino);
      lchownSync(path, stat.uid + idOffset, stat.gid + idOffset);
      // Changing the owner takes setuid and setgid away, even from root.
      if ((stat.mode & 0o6000) !== 0 && !stat.isSymbolicLink()) chmodSync(path, stat.mode & 0o7777);
    }
    if (stat.isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
  };
  walk(root);
}
