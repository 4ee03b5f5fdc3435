import { AppError } from "@/lib/domain/errors";

export type RcloneVersion = { text: string; hasPartialUploads: boolean };

/** What Proxmox VE 8 and 9 both bring along; older ones were never tried. */
const floor = [1, 60, 1] as const;

/**
 * Reads the first line of `rclone version` ("rclone v1.60.1-DEV"). Throws AppError "not_possible" below the floor. From
 * 1.63 on, uploads go to a temporary name of rclone's own unless it is told not to.
 */
export function readRcloneVersion(output: string): RcloneVersion {
  const [, text = "", ...numbers] = /^rclone v((\d+)\.(\d+)(?:\.(\d+))?\S*)/.exec(output) ?? [];
  const version = numbers.slice(0, 3).map((part) => Number(part ?? 0));
  if (text === "" || isBelow(version, floor)) {
    const found = text === "" ? "It does not say its version" : `Version ${text} is installed`;
    throw new AppError("not_possible", `${found}; rclone ${floor.join(".")} or newer is needed.`);
  }
  return { text, hasPartialUploads: !isBelow(version, [1, 63, 0]) };
}

function isBelow(version: readonly number[], other: readonly number[]): boolean {
  const at = other.findIndex((part, index) => part !== version[index]);
  return at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
}
