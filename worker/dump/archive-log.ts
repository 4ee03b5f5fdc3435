import { wallClockMs, wallClockText } from "@/lib/domain/zoned-time";

// pve-manager, VZDump.pm: these lines are in the task log but not in the file beside the archive.
const jobLine =
  /^INFO: (starting new backup job|skip external VMs|Backup (started|finished) at|Failed at|Backup job finished|trying to get global lock|got global lock|notified via target)/;
const leveledLine = /^(INFO|WARN|ERROR): /;
const maxLogCharacters = 8 * 1024 * 1024;

export type ArchiveLog = { add: (lines: readonly string[]) => void; text: () => string };

/** Gathers what stands in BASENAME.log beside an archive: the guest's lines, with the node's local time as vzdump writes it. */
export function createArchiveLog(timeZone: string): ArchiveLog {
  const texts: string[] = [];
  let characters = 0;
  return {
    add(lines) {
      const time = wallClockText(wallClockMs(Date.now(), timeZone));
      for (const line of lines) {
        if (!leveledLine.test(line) || jobLine.test(line) || characters > maxLogCharacters) continue;
        texts.push(`${time} ${line}\n`);
        characters += line.length;
      }
    },
    text: () => texts.join(""),
  };
}
