import { type LogLine, logLevelSchema, type RunLogPage, type RunLogQuery } from "@/lib/contracts/runs";
import type { LogLineRow } from "@/lib/db/log-lines";
import { countLogLines, type LogFilters, lastLogLines, logLinesFrom, stepIdsOfGuest } from "@/lib/db/read-log";
import { findRun, type RunRow } from "@/lib/db/runs";
import { AppError } from "@/lib/domain/errors";

/** One stretch of a run's log: from a line on, before a line, or the last ones. Fails with not_found. */
export async function readRunLog(runId: string, query: RunLogQuery): Promise<RunLogPage> {
  const run = await requireRun(runId);
  const filters = await filtersOf(runId, query);
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const [rows, matchCount] = await Promise.all([
    query.from === undefined
      ? lastLogLines(runId, filters, query)
      : logLinesFrom(runId, filters, { from: query.from, limit: query.limit }),
    isFiltered ? countLogLines(runId, filters) : run.logSeq,
  ]);
  return { lines: rows.map(toLogLine), matchCount, lineCount: run.logSeq };
}

const chunkLines = 2000;

/**
 * A run's whole log as it is now, or what the filters leave of it, in pieces of text: memory holds one piece, however
 * long the log. Resolves once the run is known to exist.
 */
export async function openRunLog(
  runId: string,
  query: RunLogQuery,
): Promise<{ runNumber: number; pieces: AsyncGenerator<string> }> {
  const run = await requireRun(runId);
  const filters = await filtersOf(runId, query);
  const print = query.format === "ndjson" ? asJson : asText;
  return { runNumber: run.number, pieces: readPieces(run, filters, query.from ?? 0, print) };
}

async function* readPieces(
  run: RunRow,
  filters: LogFilters,
  first: number,
  print: (line: LogLine) => string,
): AsyncGenerator<string> {
  for (let from = first; from <= run.logSeq; ) {
    const rows = await logLinesFrom(run.id, filters, { from, to: run.logSeq, limit: chunkLines });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => print(toLogLine(row))).join("");
    from = last.seq + 1;
  }
}

const asJson = (line: LogLine) => `${JSON.stringify(line)}\n`;

/** A line stays one line, whatever a guest's name or notes held. */
const asText = ({ at, level, source, text }: LogLine) =>
  `${at} ${level.padEnd(5)} ${source}: ${text.replaceAll(/[\r\n]+/g, "⏎")}\n`;

async function filtersOf(runId: string, query: RunLogQuery): Promise<LogFilters> {
  const { level, step, guest, q } = query;
  const ofGuest = guest === undefined ? undefined : await stepIdsOfGuest(runId, guest);
  return {
    levels: level && logLevelSchema.options.slice(logLevelSchema.options.indexOf(level)),
    stepIds: step === undefined ? ofGuest : [step].filter((id) => ofGuest?.includes(id) ?? true),
    text: q || undefined,
  };
}

async function requireRun(runId: string): Promise<RunRow> {
  const run = await findRun(runId);
  if (!run) throw new AppError("not_found", "There is no run with this id.");
  return run;
}

function toLogLine({ seq, at, level, stepId, source, text }: LogLineRow): LogLine {
  return { seq, at: at.toISOString(), level, stepId, source, text };
}
