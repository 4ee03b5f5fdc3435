import { type DumpState, writeDumpState } from "./job-folder";

const minGapMs = 500;

export type ProgressFile = {
  /** Notes what changed; it is on disk at once when `isUrgent`, else within half a second. */
  update: (change: Partial<Omit<DumpState, "updatedAt">>, isUrgent?: boolean) => void;
  /** Writes what is not yet written. */
  close: () => Promise<void>;
};

/**
 * Keeps state.json up to date, at most twice a second, one write after the other. Progress that cannot be written never
 * ends a dump: the error goes to `onError`, once.
 */
export function createProgressFile(
  folder: string,
  initial: Omit<DumpState, "updatedAt">,
  onError: (error: unknown) => void,
): ProgressFile {
  const state = { ...initial };
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let lastWriteMs = Number.NEGATIVE_INFINITY;
  let hasFailed = false;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    lastWriteMs = performance.now();
    const written = { ...state, updatedAt: new Date().toISOString() };
    writing = writing
      .then(() => writeDumpState(folder, written))
      .catch((error: unknown) => {
        if (!hasFailed) onError(error);
        hasFailed = true;
      });
  }

  write();
  return {
    update(change, isUrgent = false) {
      Object.assign(state, change);
      if (isUrgent) write();
      else timer ??= setTimeout(write, Math.max(0, lastWriteMs + minGapMs - performance.now()));
    },
    async close() {
      if (timer) write();
      await writing;
    },
  };
}
