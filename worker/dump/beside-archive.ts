import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArchiveName } from "@/lib/domain/archive-name";
import { AppError } from "@/lib/domain/errors";
import { writeWhole } from "./archive-file";
import type { DumpJob } from "./dump-job";

function namesBeside(archiveName: string) {
  const parsed = parseArchiveName(archiveName, "UTC");
  if (parsed.kind !== "standard") throw new AppError("tool_failed", `vzdump named its archive ${archiveName}`);
  return parsed;
}

/** Writes BASENAME.log, ARCHIVE.notes (no newline at its end) and ARCHIVE.protected (empty), as vzdump does. */
export async function writeBeside({ request, archiveLog }: DumpJob, archiveName: string): Promise<void> {
  const { dumpDirectory, notes, isProtected, engine } = request;
  const { logName, notesName, protectedName } = namesBeside(archiveName);
  // A vzdump that writes its archive itself puts its log there, too.
  if (engine === "frames") await writeWhole(join(dumpDirectory, logName), archiveLog.text());
  if (notes !== "") await writeWhole(join(dumpDirectory, notesName), notes);
  if (isProtected) await writeWhole(join(dumpDirectory, protectedName), "");
}

/** Takes away what `writeBeside` wrote for an archive that is not to be. */
export async function removeBeside(dumpDirectory: string, archiveName: string): Promise<void> {
  const { logName, notesName, protectedName } = namesBeside(archiveName);
  for (const name of [logName, notesName, protectedName]) await rm(join(dumpDirectory, name), { force: true });
}
