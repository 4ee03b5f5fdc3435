import { appendFileSync, copyFileSync, mkdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { labNow, localTimestamp } from "../state/lab-clock";

type Level = "INFO" | "WARN" | "ERROR";

/** The two logs of vzdump: lines of the whole job for the task log, and those of one guest with their time. */
export function createJobLog(directory: string, write: (text: string) => void) {
  let guestLog: string | undefined;
  let warnings = 0;

  function line(level: Level, text: string, where: "everywhere" | "taskOnly"): void {
    if (level === "WARN") warnings++;
    const now = localTimestamp(labNow(directory));
    for (const part of text.split("\n")) {
      write(`${level}: ${part}\n`);
      if (guestLog && where === "everywhere") appendFileSync(guestLog, `${now} ${level}: ${part}\n`);
    }
  }

  return {
    info: (text: string) => line("INFO", text, "everywhere"),
    error: (text: string) => line("ERROR", text, "everywhere"),
    warn: (text: string) => line("WARN", text, "everywhere"),
    /** Lines about the job, which the log beside the archive does not have. */
    taskInfo: (text: string) => line("INFO", text, "taskOnly"),
    taskError: (text: string) => line("ERROR", text, "taskOnly"),
    /** Output of other tools: no prefix, task log only. */
    raw: (text: string) => write(`${text}\n`),
    warningCount: () => warnings,
    openGuestLog(path: string): void {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
      guestLog = path;
    },
    /** Copies the guest's log beside its archive and goes on without one. */
    closeGuestLog(copy: string | undefined): void {
      if (guestLog && copy) {
        rmSync(copy, { force: true });
        copyFileSync(guestLog, copy);
      }
      guestLog = undefined;
    },
  };
}

export type JobLog = ReturnType<typeof createJobLog>;

/**
 * Writes to a pipe at once and in full. Who reads it may be gone: then this throws EPIPE, which ends the worker the
 * way the real one ends, with the guest as it is at that moment.
 */
export function writeFully(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
