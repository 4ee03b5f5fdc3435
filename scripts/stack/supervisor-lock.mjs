import fs from "node:fs";
import path from "node:path";
import { processStart } from "../processes/end-process.mjs";

/** Of two starts in one data directory the first holds it; the second learns who that is. */
export function claimDirectory(directory) {
  const file = lockFile(directory);
  const holder = findSupervisor(directory);
  if (holder) {
    const where = holder.url ? ` at ${holder.url}` : "";
    throw new Error(`Undercroft already runs from this folder${where} (process ${holder.pid}). npm stop ends it.`);
  }
  fs.rmSync(file, { force: true });
  const lock = { pid: process.pid, startedAt: processStart(process.pid) };
  const write = (value, flag) => fs.writeFileSync(file, JSON.stringify(value), { mode: 0o600, flag });
  write(lock, "wx");
  return {
    announce: (url) => write({ ...lock, url }, "w"),
    release: () => fs.rmSync(file, { force: true }),
  };
}

/** The start that holds the directory: `{ pid, startedAt, url? }`. A killed one leaves its file, and holds nothing. */
export function findSupervisor(directory) {
  const file = lockFile(directory);
  if (!fs.existsSync(file)) return undefined;
  const holder = JSON.parse(fs.readFileSync(file, "utf8") || "{}");
  return holder.pid && processStart(holder.pid) === holder.startedAt ? holder : undefined;
}

function lockFile(directory) {
  return path.join(directory, "supervisor.json");
}
