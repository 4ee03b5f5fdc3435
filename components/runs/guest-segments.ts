import type { Segment } from "@/components/ui/segment-band";
import type { RunDetail, RunGuest } from "@/lib/contracts/runs";
import { guestLabel } from "@/lib/domain/guest";
import type { RunGuestStatus } from "@/lib/domain/run";
import { formatBytes } from "@/lib/domain/units";
import { guestStatusLook } from "./run-status";

const looks = {
  done: "done",
  running: "running",
  failed: "failed",
  queued: "waiting",
  skipped: "skipped",
  cancelled: "skipped",
} as const satisfies Record<RunGuestStatus, Segment["look"]>;

/** One block per guest in the order of the queue, as wide as its size is expected to be. */
export function guestSegments(run: RunDetail): Segment[] {
  // A guest of a few KiB beside one of a TiB keeps a sliver that can be seen.
  const least = Math.max(1, run.guests.reduce((sum, guest) => sum + guest.expectedBytes, 0) / 400);
  return run.guests.map((guest) => ({
    key: guest.guestId,
    weight: Math.max(guest.expectedBytes, least),
    look: looks[guest.status],
    ratio: movedRatio(guest),
    title: `${guestLabel(guest)}, ${formatBytes(guest.expectedBytes)}, ${guestStatusLook[guest.status].label.toLowerCase()}`,
  }));
}

/** How much of what a guest's dump and copies will move has moved, 0 to 1. */
export function movedRatio(guest: RunGuest): number {
  const moving = guest.steps.filter(({ kind }) => kind === "dump" || kind === "host_config" || kind === "copy");
  const total = moving.reduce((sum, step) => sum + Math.max(step.bytesTotal ?? 0, step.bytesDone), 0);
  return total === 0 ? 0 : moving.reduce((sum, step) => sum + step.bytesDone, 0) / total;
}
