import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing, writeFileAtomically } from "../state/json-file";
import { type ArchiveName, archiveBaseName, parseArchiveName } from "./archive-names";

export type StoredArchive = ArchiveName & {
  path: string;
  sizeBytes: number;
  /** From the name, else the inode's change. */
  createdAt: Date;
  hasStandardName: boolean;
  isProtected: boolean;
  notes: string | undefined;
};

/** The backups in a dump directory. Other files and sub-directories are not looked at, as in the real listing. */
export function listArchives(directory: string): StoredArchive[] {
  return directoryNames(directory).flatMap((fileName) => readArchive(directory, fileName) ?? []);
}

export function readArchive(directory: string, fileName: string): StoredArchive | undefined {
  const name = parseArchiveName(fileName);
  const path = join(directory, fileName);
  const file = name && statSync(path, { throwIfNoEntry: false });
  if (!name || !file?.isFile()) return undefined;
  return {
    ...name,
    path,
    sizeBytes: file.size,
    createdAt: name.createdAt ?? file.ctime,
    hasStandardName: name.createdAt !== undefined,
    isProtected: existsSync(`${path}.protected`),
    notes: readNotes(path),
  };
}

function directoryNames(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readNotes(path: string): string | undefined {
  try {
    return readFileSync(`${path}.notes`, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Empty notes remove the file. There is no newline at the end. */
export function writeNotes(path: string, notes: string): void {
  if (notes === "") rmSync(`${path}.notes`, { force: true });
  else writeFileAtomically(`${path}.notes`, notes);
}

export function setProtected(path: string, isProtected: boolean): void {
  if (isProtected) writeFileSync(`${path}.protected`, "");
  else rmSync(`${path}.protected`, { force: true });
}

/** Removes an archive with its log and its notes. A protected one is refused by the caller, each in its own words. */
export function removeArchive(directory: string, fileName: string): void {
  const path = join(directory, fileName);
  rmSync(path, { force: true });
  rmSync(join(directory, `${archiveBaseName(fileName)}.log`), { force: true });
  rmSync(`${path}.notes`, { force: true });
}
