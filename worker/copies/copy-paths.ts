import { isPrunableName } from "@/lib/domain/archive-name";
import { AppError } from "@/lib/domain/errors";
import { indexName, manifestName, notesName } from "@/lib/domain/manifest";
import type { CopyOrder, RemoteFolder } from "../ports";

/** Where the parts of a copy lie. Only names that vzdump or this product give are ever written or removed. */
export type CopyPaths = { folder: string; archive: string; manifest: string; siblings: string[] };

export function copyPaths(destination: RemoteFolder, archiveName: string): CopyPaths {
  if (!isPrunableName(archiveName)) {
    throw new AppError("invalid_input", `${JSON.stringify(archiveName)} is not an archive's name.`);
  }
  const folder = nodeFolder(destination);
  return {
    folder,
    archive: `${folder}/${archiveName}`,
    manifest: `${folder}/${manifestName(archiveName)}`,
    siblings: siblingNames(archiveName).map((name) => `${folder}/${name}`),
  };
}

/** What may lie beside an archive and belongs to it: its file index and its notes. */
export function siblingNames(archiveName: string): string[] {
  return [indexName(archiveName), notesName(archiveName)];
}

export function nodeFolder({ remote, nodeName }: RemoteFolder): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(nodeName)) {
    throw new AppError("invalid_input", `${JSON.stringify(nodeName)} is not a node's name.`);
  }
  return below(remote, nodeName);
}

/** Uploads grow here, under names that no tool takes for a backup. */
export function inflightFolder(remote: string): string {
  return below(remote, ".inflight");
}

/** One flat folder: rclone leaves empty folders behind, and a folder per attempt would be one more for every copy. */
export function inflightPath(remote: string, name: string, attemptId: string): string {
  return `${inflightFolder(remote)}/${name}.${attemptId}${inflightEnding}`;
}

const inflightEnding = ".part";

/** Whether a file of the inflight folder was on its way to become this archive, its manifest or a sibling. */
export function isInflightOf(inflightName: string, archiveName: string): boolean {
  return inflightName.startsWith(`${archiveName}.`);
}

/** Whether a file of the inflight folder bears a name of ours. */
export function isInflightName(name: string): boolean {
  return name.endsWith(inflightEnding) && /^(?:vzdump|undercroft-host)-/.test(name);
}

/** Whether it was the archive itself, and not its manifest: an attempt's id has no dot. */
export function isUploadOf(
  path: string,
  { archive, destination }: Pick<CopyOrder, "archive" | "destination">,
): boolean {
  const start = `${inflightFolder(destination.remote)}/${archive.name}.`;
  return path.startsWith(start) && !path.slice(start.length, -inflightEnding.length).includes(".");
}

/** The folder an order's archive and its siblings are read from. */
export function sourceFolder({ source }: Pick<CopyOrder, "source">): string {
  return source.kind === "local" ? source.directory : nodeFolder(source);
}

function below(remote: string, name: string): string {
  return remote.endsWith(":") || remote.endsWith("/") ? `${remote}${name}` : `${remote}/${name}`;
}
