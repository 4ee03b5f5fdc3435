import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** All that a backup has to bring back of a tree, one line per member, so that two trees can be compared as lists. */
export function describeTree(root: string, idOffset = 0): string[] {
  const firstOfInode = new Map<number, string>();
  const lines: string[] = [];
  const walk = (path: string) => {
    const stat = lstatSync(join(root, path));
    const twin = stat.isDirectory() ? undefined : firstOfInode.get(stat.ino);
    firstOfInode.set(stat.ino, twin ?? path);
    const kind = (stat.mode & 0o170000).toString(8);
    const owner = `${stat.uid - idOffset}:${stat.gid - idOffset}`;
    const facts = [kind, (stat.mode & 0o7777).toString(8), owner, Math.floor(stat.mtimeMs / 1000)];
    if (stat.isFile())
      facts.push(
        stat.size,
        createHash("sha256")
          .update(readFileSync(join(root, path)))
          .digest("hex"),
      );
    if (stat.isFile() && stat.blocks * 512 < stat.size) facts.push("sparse");
    if (stat.isSymbolicLink()) facts.push(readlinkSync(join(root, path)));
    if (stat.isCharacterDevice()) facts.push(`device ${stat.rdev}`);
    if (twin) facts.push(`= ${twin}`);
    lines.push(`${path} ${facts.join(" ")}`);
    if (stat.isDirectory()) for (const name of readdirSync(join(root, path)).toSorted()) walk(join(path, name));
  };
  walk(".");
  return lines;
}
