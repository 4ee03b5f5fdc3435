import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { logLines, noise } from "./seeded-bytes";

export type DiskRegion = { kind: "noise" | "text"; offsetBytes: number; sizeBytes: number };

/** A raw disk image: zeros but for its regions. */
export function writeDisk(path: string, sizeBytes: number, seed: number, regions: readonly DiskRegion[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  ftruncateSync(file, sizeBytes);
  for (const [index, region] of regions.entries()) {
    const pieces = (region.kind === "noise" ? noise : logLines)(seed + index, region.sizeBytes);
    let position = region.offsetBytes;
    for (const piece of pieces) position += writeSync(file, piece, 0, piece.length, position);
  }
  closeSync(file);
}
