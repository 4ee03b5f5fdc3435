import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "@/lib/domain/errors";
import { parseRcloneLine } from "@/lib/domain/rclone-line";
import { redactLine } from "@/lib/domain/redact";
import type { Follow, TransferEnd } from "../../ports";
import { createLineSplitter, createLineTail } from "../command/line-splitter";
import { endProcess, isAlive, type ProcessIdentity } from "../command/process-identity";
import type { ProcessExit } from "../command/start-detached";
import { describeEnd } from "./describe-failure";
import type { StoredTransfer, TransferRecords } from "./transfer-record";

export type FollowedTransfer = {
  record: StoredTransfer;
  identity: ProcessIdentity;
  /** How it ended, when it is our own child; undefined for one that was found again. */
  exited: Promise<ProcessExit> | undefined;
};

type FollowOptions = Follow & { records: TransferRecords; stallAfterMs?: number };

const pollEveryMs = 250;
/** Longer than rclone's own patience with a silent connection, so that its word for it comes first. */
const defaultStallAfterMs = 5 * 60_000;
/** Before the first byte moves rclone may have to hash all of the source. */
const slowestHashBytesPerMs = 50_000;

/**
 * Reads rclone's log as it grows and tells of progress and lines until the process is over; one that moves no byte for
 * minutes is ended. Throws AppError canceled, and leaves the process alone, when the signal fires.
 */
export async function followTransfer(transfer: FollowedTransfer, options: FollowOptions): Promise<TransferEnd> {
  const { record, identity, exited } = transfer;
  const { signal, stallAfterMs = defaultStallAfterMs + record.sizeBytes / slowestHashBytesPerMs } = options;
  const end = { transferId: record.transferId, to: record.to, isExitKnown: exited !== undefined };
  let exit: ProcessExit | undefined;
  const ended = new AbortController();
  void exited?.then((seen) => {
    exit = seen;
    ended.abort();
  });

  const log = openLog(record, options);
  try {
    for (;;) {
      if (signal.aborted) throw transferLeft(signal);
      const isOver = end.isExitKnown ? exit !== undefined : !isAlive(identity);
      // After the look at the process: what it said last is in the file by then.
      log.read();
      if (isOver) break;
      if (log.quietMs() > stallAfterMs) {
        await endProcess(identity);
        const minutes = Math.round(stallAfterMs / 60_000);
        const failure = new AppError(
          "remote_unreachable",
          `Not a byte was moved for ${minutes} min; the copy was ended.`,
        );
        return { ...end, failure };
      }
      // Rejects when the end wakes it early.
      await wait(pollEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    return { ...end, failure: describeEnd(exit, log.lastLines()) };
  } finally {
    log.close();
  }
}

function openLog(record: StoredTransfer, { onProgress, onLine, records }: FollowOptions) {
  const file = openSync(records.logPath(record.transferId), "r");
  const buffer = Buffer.alloc(64 * 1024);
  const tail = createLineTail();
  let knownLines = record.deliveredLines;
  let deliveredLines = 0;
  let bytesDone = -1;
  let movedAtMs = performance.now();

  const splitter = createLineSplitter((text) => {
    const line = parseRcloneLine(text);
    if (line.kind === "noise") return;
    if (line.kind === "stats") {
      if (line.stats.bytesDone !== bytesDone) movedAtMs = performance.now();
      bytesDone = line.stats.bytesDone;
      onProgress({ bytesDone: Math.min(bytesDone, record.sizeBytes), bytesTotal: record.sizeBytes });
      return;
    }
    tail.push(text);
    deliveredLines += 1;
    if (deliveredLines > knownLines) onLine(redactLine(line.text), line.at ?? new Date());
  });

  return {
    read: (): void => {
      for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
        splitter.write(buffer.subarray(0, count));
      }
      if (deliveredLines > knownLines) {
        knownLines = deliveredLines;
        records.write({ ...record, deliveredLines });
      }
    },
    quietMs: (): number => performance.now() - movedAtMs,
    lastLines: (): string => {
      splitter.end();
      return tail.text();
    },
    close: (): void => closeSync(file),
  };
}

function transferLeft(signal: AbortSignal): AppError {
  const why = signal.reason === "canceled" ? "The copy was cancelled." : "The copy goes on without this worker.";
  return new AppError("canceled", why);
}
