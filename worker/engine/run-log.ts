import { appendLogLines, type LogLineRow, type NewLogLine } from "@/lib/db/log-lines";
import { redactLine } from "@/lib/domain/redact";
import { log } from "@/lib/log";
import { publishEvent } from "@/lib/redis/events";
import { logEventLines, logFlushEveryMs } from "../tunables";
import { withDatabase } from "./with-database";

/** Longer texts are cut for Postgres and the screens; no line of vzdump or rclone comes near. */
const maxTextLength = 8_000;

/** Gathers the lines of the runs this worker works for and stores them in batches, in order, secrets masked. */
export class RunLog {
  readonly #pending = new Map<string, NewLogLine[]>();
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => void this.flush(), logFlushEveryMs);
    this.#timer.unref();
  }

  add(runId: string, line: NewLogLine): void {
    const text = redactLine(line.text).slice(0, maxTextLength);
    const lines = this.#pending.get(runId) ?? [];
    lines.push({ ...line, text });
    this.#pending.set(runId, lines);
  }

  /** Stores everything added so far. One flush follows the other, so that lines keep their order. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#store());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #store(): Promise<void> {
    const batches = [...this.#pending];
    this.#pending.clear();
    for (const [runId, lines] of batches) {
      try {
        const rows = await withDatabase(() => appendLogLines(runId, lines));
        await announceLines(runId, rows);
      } catch (error) {
        // A run deleted meanwhile has no log to append to; nothing else may stop the lines of other runs.
        log().error({ runId, lineCount: lines.length, cause: String(error) }, "log lines not stored");
      }
    }
  }
}

async function announceLines(runId: string, rows: readonly LogLineRow[]): Promise<void> {
  const last = rows.slice(-logEventLines);
  if (last.length === 0) return;
  await publishEvent({
    type: "log.appended",
    runId,
    lines: last.map(({ seq, at, level, stepId, source, text }) => ({
      seq,
      at: at.toISOString(),
      level,
      stepId,
      source,
      text,
    })),
  });
}
