import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The parsed file, or undefined where there is none. A file that is not JSON is an error: nothing else writes here. */
export function readJson<Value>(path: string): Value | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Value;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Readers see the old value or the new one, never a half: several processes of the lab read while one writes. */
export function writeJson(path: string, value: unknown, mode = 0o644): void {
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}

export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  writeFileSync(unfinished, content, { mode });
  renameSync(unfinished, path);
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
