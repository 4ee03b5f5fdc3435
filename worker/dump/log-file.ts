import { closeSync, openSync, writeSync } from "node:fs";

/** A tool that complains of every file can say a gigabyte; what is beyond this is left out but for the last lines. */
const maxLogBytes = 64 * 1024 * 1024;
const lastLines = 500;

export type LogFile = {
  /** Appends lines with the present time, all in one write. */
  append: (lines: readonly string[]) => void;
  /** Writes the last lines, if some were left out, and closes the file. */
  close: () => void;
};

/** Appends to a job's vzdump.log. A log that cannot be written never ends a dump: the error goes to `onError`, once. */
export function openLogFile(path: string, onError: (error: unknown) => void, capBytes = maxLogBytes): LogFile {
  const file = openSync(path, "a", 0o600);
  let writtenBytes = 0;
  let leftOut: string[] = [];
  let leftOutCount = 0;
  let isBroken = false;

  function write(texts: readonly string[]): void {
    if (isBroken || texts.length === 0) return;
    const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""), "utf8");
    try {
      writtenBytes += writeSync(file, bytes);
    } catch (error) {
      isBroken = true;
      onError(error);
    }
  }

  return {
    append(lines) {
      const instant = new Date().toISOString();
      const texts = lines.map((line) => `${instant} ${line}`);
      if (writtenBytes < capBytes) {
        write(texts);
        return;
      }
      leftOutCount += texts.length;
      leftOut = [...leftOut, ...texts].slice(-lastLines);
    },
    close() {
      if (leftOutCount > leftOut.length) {
        write([`${new Date().toISOString()} [${leftOutCount - leftOut.length} lines are left out here]`]);
      }
      write(leftOut);
      closeSync(file);
    },
  };
}
