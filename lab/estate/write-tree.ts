import { spawn } from "node:child_process";
import { chmodSync, chownSync, closeSync, ftruncateSync, mkdirSync, openSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { treeArchive } from "./tree-archive";
import type { TreeEntry } from "./tree-entry";

/** Whether this process may give files away and make device nodes. */
export const isRoot = process.getuid?.() === 0;

/** What an unprivileged container's ids are raised by on the host (/etc/subuid of a stock node). */
export const unprivilegedIdOffset = 100_000;

/** Devices need root to be made, and files nobody may read need root to be backed up. */
function isPossibleForAnybody(entry: TreeEntry): boolean {
  return entry.kind !== "characterDevice" && ((entry.mode ?? 0o600) & 0o400) !== 0;
}

/** Lays a tree down in an existing or new directory. Not as root, owners are the caller's and some entries left out. */
export async function writeTree(target: string, entries: readonly TreeEntry[], idOffset: number): Promise<void> {
  mkdirSync(target, { recursive: true });
  const possible = isRoot ? entries : entries.filter(isPossibleForAnybody);
  const args = ["-xpf", "-", "--xattrs", "--xattrs-include=user.*", "--numeric-owner", "-C", target];
  const tar = spawn("tar", args, { stdio: ["pipe", "ignore", "pipe"], env: { ...process.env, LC_ALL: "C" } });
  let complaint = "";
  tar.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.once("error", reject);
    tar.once("close", resolve);
  });
  await pipeline(Readable.from(treeArchive(possible, isRoot ? idOffset : 0)), tar.stdin);
  const code = await ended;
  if (code !== 0) throw new Error(`tar could not lay down ${target} (exit code ${code}): ${complaint.trim()}`);
  for (const entry of possible) if (entry.kind === "sparse") writeSparse(target, entry, idOffset);
}

function writeSparse(target: string, entry: Extract<TreeEntry, { kind: "sparse" }>, idOffset: number): void {
  const path = join(target, entry.path);
  const file = openSync(path, "w");
  ftruncateSync(file, entry.sizeBytes);
  writeSync(file, entry.tail, entry.sizeBytes - Buffer.byteLength(entry.tail));
  closeSync(file);
  if (isRoot) chownSync(path, (entry.uid ?? 0) + idOffset, (entry.gid ?? 0) + idOffset);
  chmodSync(path, entry.mode ?? 0o644);
  utimesSync(
    path,
    entry.modifiedAt ?? new Date("2026-11-01T10:00:00Z"),
    entry.modifiedAt ?? new Date("2026-11-01T10:00:00Z"),
  );
}
