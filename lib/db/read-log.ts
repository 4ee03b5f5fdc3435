import { db } from "./client";
import { Prisma } from "./generated/client";
import type { LogLevel, LogLineRow } from "./log-lines";

export type LogFilters = {
  levels?: readonly LogLevel[] | undefined;
  stepIds?: readonly string[] | undefined;
  /** Found anywhere in a line, whatever the case. */
  text?: string | undefined;
};

function matching(runId: string, { levels, stepIds, text }: LogFilters): Prisma.LogLineWhereInput {
  return {
    runId,
    ...(levels ? { level: { in: [...levels] } } : {}),
    ...(stepIds ? { stepId: { in: [...stepIds] } } : {}),
    // Prisma escapes nothing in `contains`: % and _ would be wildcards.
    ...(text ? { text: { contains: text.replaceAll(/[\\%_]/g, "\\$&"), mode: Prisma.QueryMode.insensitive } } : {}),
  };
}

/** Lines from `from` on, in their order. */
export async function logLinesFrom(
  runId: string,
  filters: LogFilters,
  { from, to, limit }: { from: number; to?: number; limit: number },
): Promise<LogLineRow[]> {
  return db().logLine.findMany({
    where: { ...matching(runId, filters), seq: { gte: from, ...(to === undefined ? {} : { lte: to }) } },
    orderBy: { seq: "asc" },
    take: limit,
  });
}

/** The last lines before `before`, or the last of all, in their order. */
export async function lastLogLines(
  runId: string,
  filters: LogFilters,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<LogLineRow[]> {
  const rows = await db().logLine.findMany({
    where: { ...matching(runId, filters), ...(before === undefined ? {} : { seq: { lt: before } }) },
    orderBy: { seq: "desc" },
    take: limit,
  });
  return rows.toReversed();
}

export async function countLogLines(runId: string, filters: LogFilters): Promise<number> {
  return db().logLine.count({ where: matching(runId, filters) });
}

export async function stepIdsOfGuest(runId: string, guestId: string): Promise<string[]> {
  const rows = await db().step.findMany({ where: { runId, guestId }, select: { id: true } });
  return rows.map(({ id }) => id);
}
