import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "./job-folder";

/** A process by its pid and start time; null when it is gone already. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return null;
    throw error;
  }
  // Field 2 is the program's name in brackets, which may itself hold blanks and brackets; field 22 is the start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, startTicks: Number(fields[19]) };
}
