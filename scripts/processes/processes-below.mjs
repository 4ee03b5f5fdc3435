import fs from "node:fs";
import path from "node:path";
import { processStart } from "./end-process.mjs";

/**
 * The processes that work in `folder`: their working directory, output or an argument is below it. So are those found
 * that were started to outlive their parent. Returns `{ pid, startedAt }` of each, but never of this process.
 */
export function findProcessesBelow(folder) {
  const pids = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids
    .filter((pid) => pid !== process.pid && traces(pid).some((trace) => trace.includes(`${folder}${path.sep}`)))
    .map((pid) => ({ pid, startedAt: processStart(pid) }))
    .filter(({ startedAt }) => startedAt !== undefined);
}

function traces(pid) {
  const links = ["cwd", "fd/1", "fd/2"].map((name) => read(() => fs.readlinkSync(`/proc/${pid}/${name}`)));
  const words = read(() => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  return [...links.map((link) => `${link}${path.sep}`), ...words];
}

/** Processes end while they are looked at, and those of others may not be looked at: neither is one of ours. */
function read(look) {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code)) return "";
    throw error;
  }
}
