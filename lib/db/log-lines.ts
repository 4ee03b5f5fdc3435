import { db } from "./client";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type NewLogLine = { at: Date; level: LogLevel; stepId: string | null; source: string; text: string };
export type LogLineRow = NewLogLine & { runId: string; seq: number };

/** Appends lines to a run's log; their numbers follow the last stored one, whichever workers write at once. */
export async function appendLogLines(runId: string, lines: readonly NewLogLine[]): Promise<LogLineRow[]> {
  if (lines.length === 0) return [];
  return db().$transaction(async (tx) => {
    const { logSeq } = await tx.run.update({
      where: { id: runId },
      data: { logSeq: { increment: lines.length } },
      select: { logSeq: true },
    });
    const rows = lines.map((line, position) => ({ ...line, runId, seq: logSeq - lines.length + position + 1 }));
    await tx.logLine.createMany({ data: rows });
    return rows;
  });
}

/** How many lines of a source a step has stored since an instant: what a worker that takes it over need not tell again. */
export async function countLines(stepId: string, source: string, since: Date): Promise<number> {
  return db().logLine.count({ where: { stepId, source, at: { gte: since } } });
}
