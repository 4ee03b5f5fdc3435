import { type StepClaim, saveStepProgress } from "@/lib/db/steps";
import { log } from "@/lib/log";
import { publishEvent } from "@/lib/redis/events";
import { progressEventEveryMs, progressSaveEveryMs } from "../tunables";

type Entry = {
  claim: StepClaim;
  runId: string;
  bytesDone: number;
  bytesTotal: number | undefined;
  rateBytesPerSecond: number | null;
  ratedAtMs: number;
  ratedBytes: number;
  isAnnounced: boolean;
  isSaved: boolean;
};

/** Where running steps say how far they are. It may be asked a thousand times a second; few words go out. */
export class ProgressBoard {
  readonly #entries = new Map<string, Entry>();
  readonly #timers: NodeJS.Timeout[];

  constructor() {
    this.#timers = [
      setInterval(() => void this.#announce(), progressEventEveryMs),
      setInterval(() => void this.#save(), progressSaveEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  report(claim: StepClaim, runId: string, progress: { bytesDone: number; bytesTotal?: number | undefined }): void {
    const nowMs = performance.now();
    const known = this.#entries.get(claim.stepId);
    const entry: Entry = known ?? {
      claim,
      runId,
      bytesDone: 0,
      bytesTotal: undefined,
      rateBytesPerSecond: null,
      ratedAtMs: nowMs,
      ratedBytes: progress.bytesDone,
      isAnnounced: false,
      isSaved: false,
    };
    if (nowMs - entry.ratedAtMs >= progressEventEveryMs) {
      const bytes = Math.max(0, progress.bytesDone - entry.ratedBytes);
      entry.rateBytesPerSecond = Math.round((bytes * 1000) / (nowMs - entry.ratedAtMs));
      entry.ratedAtMs = nowMs;
      entry.ratedBytes = progress.bytesDone;
    }
    entry.bytesDone = progress.bytesDone;
    entry.bytesTotal = progress.bytesTotal ?? entry.bytesTotal;
    entry.isAnnounced = false;
    entry.isSaved = false;
    this.#entries.set(claim.stepId, entry);
  }

  forget(stepId: string): void {
    this.#entries.delete(stepId);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #announce(): Promise<void> {
    const fresh = [...this.#entries].filter(([, entry]) => !entry.isAnnounced);
    for (const [runId, entries] of Map.groupBy(fresh, ([, entry]) => entry.runId)) {
      for (const [, entry] of entries) entry.isAnnounced = true;
      await publishEvent({
        type: "run.progress",
        runId,
        at: new Date().toISOString(),
        steps: entries.map(([id, { bytesDone, bytesTotal, rateBytesPerSecond }]) => ({
          id,
          bytesDone,
          bytesTotal: bytesTotal ?? null,
          rateBytesPerSecond,
        })),
      });
    }
  }

  /** Progress never makes a step fail: a write that does not arrive is followed by the next. */
  async #save(): Promise<void> {
    for (const entry of this.#entries.values()) {
      if (entry.isSaved) continue;
      entry.isSaved = true;
      try {
        await saveStepProgress(entry.claim, entry);
      } catch (error) {
        log().debug({ cause: String(error) }, "progress not saved");
      }
    }
  }
}
