import type { Estate } from "../state/estate";
import type { Guest } from "../state/guests";
import type { TreeEntry } from "./tree-entry";
import type { DiskRegion } from "./write-disk";

/** A volume of a container: rootfs or a mount point. A mount point's entries lie below its path inside the container. */
export type TreeVolume = { volume: string; entries: TreeEntry[] };

export type DiskVolume = { volume: string; sizeBytes: number; seed: number; regions: DiskRegion[] };

export type PlannedGuest = {
  guest: Omit<Guest, "usedBytes">;
  isRunning: boolean;
  trees?: TreeVolume[];
  disks?: DiskVolume[];
};

/** Everything createEstate lays down. */
export type EstatePlan = {
  estate: Omit<Estate, "users" | "tokens">;
  guests: PlannedGuest[];
  /** Beside the product's own token, which every estate has. */
  tokens?: Estate["tokens"];
  /** Without them, root with a password nobody knows. */
  users?: Estate["users"];
};
