/** What a person was told of a run's progress so far, so that it never goes back. */
export type HeldProgress = {
  shownRatio: number;
  bytesDone: number;
  bytesTotal: number;
  /** When bytes were last seen to move, by the server's clock. */
  movedAt: number;
  /** By how much the whole grew while the percent is held; 0 when it is not. */
  grewBytes: number;
};

type Seen = { bytesDone: number; bytesTotal: number; at: number };

/** The next thing to show. A whole that grows holds the percent until the moved bytes have caught up. */
export function holdProgress(held: HeldProgress | undefined, seen: Seen): HeldProgress {
  const ratio = seen.bytesTotal > 0 ? Math.min(1, seen.bytesDone / seen.bytesTotal) : 0;
  if (!held) return { shownRatio: ratio, ...sizes(seen), movedAt: seen.at, grewBytes: 0 };
  const movedAt = seen.bytesDone === held.bytesDone ? held.movedAt : seen.at;
  if (ratio >= held.shownRatio) return { shownRatio: ratio, ...sizes(seen), movedAt, grewBytes: 0 };
  const grewBytes = held.grewBytes + Math.max(0, seen.bytesTotal - held.bytesTotal);
  return { shownRatio: held.shownRatio, ...sizes(seen), movedAt, grewBytes };
}

const sizes = ({ bytesDone, bytesTotal }: Seen) => ({ bytesDone, bytesTotal });

const stalledAfterMs = 120_000;

/** Whether so long nothing moved that it should be said. */
export function isStalled(held: HeldProgress, now: number): boolean {
  return now - held.movedAt > stalledAfterMs;
}
