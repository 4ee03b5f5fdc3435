import type { Guest } from "../state/guests";
import { listArchives, removeArchive } from "../storage/dump-directory";
import { keepOptionsText, markBackups } from "../storage/prune-marks";
import type { BackupTarget } from "./job-context";
import type { JobLog } from "./job-log";

/** Prunes the group of the guest just backed up, the archive just written included. */
export function pruneGuestBackups(target: BackupTarget, guest: Guest, log: JobLog): void {
  log.info(`prune older backups with retention: ${keepOptionsText(target.keep)}`);
  const group = listArchives(target.dumpDirectory).filter(
    (archive) => archive.hasStandardName && archive.vmid === guest.vmid && archive.subtype === guest.type,
  );
  const marks = markBackups(group, target.keep);
  const removed = group.filter((archive) => marks.get(archive) === "remove");
  for (const archive of removed) {
    if (target.storage) log.info(`removing backup '${target.storage.storage}:backup/${archive.fileName}'`);
    else log.info(`delete old backup '${archive.path}'`);
    removeArchive(target.dumpDirectory, archive.fileName);
  }
  const suffix = removed.length > 0 ? " not covered by keep-retention policy" : "";
  log.info(`pruned ${removed.length} backup(s)${suffix}`);
}
