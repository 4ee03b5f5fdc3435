import { join } from "node:path";
import { type PointRow, pointOfRun } from "@/lib/db/points";
import { AppError } from "@/lib/domain/errors";
import type { StepContext } from "./step-context";

export type PointWithArchive = PointRow & { archive: NonNullable<PointRow["archive"]> };

/** The restore point that this run made of the step's guest. */
export async function pointOfStep({ run, step }: StepContext): Promise<PointWithArchive> {
  const point = await pointOfRun(run.id, step.guestId);
  if (!point?.archive) throw new AppError("not_found", "The archive of this run is not in the catalogue.");
  return { ...point, archive: point.archive };
}

/** Host archives lie in a folder of their own, which Proxmox does not read: they are no guest's backup. */
const hostArchiveFolder = "undercroft/host";

/** The directory a guest's archives lie in on their node. */
export function archiveDirectory(dumpDirectory: string, guestType: "qemu" | "lxc" | "host"): string {
  return guestType === "host" ? join(dumpDirectory, hostArchiveFolder) : dumpDirectory;
}
