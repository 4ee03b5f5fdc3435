import { rmSync } from "node:fs";
import { readJson, writeJson } from "./json-file";
import { labPlaces } from "./places";

type ClockFile = { now: string; setAt: string };

/** What time it is for vzdump in the lab. A set clock runs on from the instant it was set to. */
export function labNow(directory: string): Date {
  const clock = readJson<ClockFile>(labPlaces(directory).clock);
  if (!clock) return new Date();
  return new Date(Date.parse(clock.now) + Date.now() - Date.parse(clock.setAt));
}

/** Moves the lab's clock, or with null gives it back to the machine. */
export function setLabClock(directory: string, now: Date | null): void {
  const { clock } = labPlaces(directory);
  if (now === null) rmSync(clock, { force: true });
  else writeJson(clock, { now: now.toISOString(), setAt: new Date().toISOString() } satisfies ClockFile);
}

/** `2026-11-23 02:06:28`, in the process's own time zone: the form of vzdump's logs. */
export function localTimestamp(instant: Date): string {
  const { year, month, day, hour, minute, second } = localParts(instant);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** `2026_11_23-02_06_28`: the form of archive names. */
export function archiveTimestamp(instant: Date): string {
  const { year, month, day, hour, minute, second } = localParts(instant);
  return `${year}_${month}_${day}-${hour}_${minute}_${second}`;
}

function localParts(instant: Date) {
  const two = (value: number) => String(value).padStart(2, "0");
  return {
    year: String(instant.getFullYear()).padStart(4, "0"),
    month: two(instant.getMonth() + 1),
    day: two(instant.getDate()),
    hour: two(instant.getHours()),
    minute: two(instant.getMinutes()),
    second: two(instant.getSeconds()),
  };
}
