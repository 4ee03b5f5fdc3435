import { z } from "zod";

export type RcloneStats = {
  bytesDone: number;
  bytesTotal: number;
  rateBytesPerSecond: number;
  /** Null in the first samples. */
  etaSeconds: number | null;
  transfersDone: number;
  /** 0 at the end of a successful run: rclone took the destination for equal and copied nothing. */
  transfersTotal: number;
  errorCount: number;
  lastError: string | null;
};

export type RcloneLine =
  | { kind: "stats"; at: Date | null; stats: RcloneStats }
  | {
      kind: "message";
      level: "debug" | "info" | "error";
      text: string;
      /** What it is about: a path below the remote, or the remote itself. */
      object: string | null;
      /** Null for plain lines, whose time has no zone. */
      at: Date | null;
    }
  /** Empty lines, usage hints, what is left of a printed block. */
  | { kind: "noise" };

const countSchema = z.number().catch(0);
const jsonLineSchema = z.object({
  level: z.string().catch(""),
  msg: z.string().catch(""),
  object: z.string().optional().catch(undefined),
  time: z.string().optional().catch(undefined),
  stats: z
    .object({
      bytes: countSchema,
      totalBytes: countSchema,
      speed: countSchema,
      eta: z.number().nullable().catch(null),
      transfers: countSchema,
      totalTransfers: countSchema,
      errors: countSchema,
      lastError: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * Reads one line of stderr of rclone 1.60 and newer with `--use-json-log --stats`. Fatal lines of 1.60 are plain text
 * even then: `2026/11/23 00:55:57 Failed to copyto: directory not found`.
 */
export function parseRcloneLine(line: string): RcloneLine {
  const text = line.trim();
  if (text === "") return { kind: "noise" };
  return (text.startsWith("{") ? readJsonLine(text) : undefined) ?? readPlainLine(text);
}

function readJsonLine(text: string): RcloneLine | undefined {
  const parsed = jsonLineSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { level, msg, object, time, stats } = parsed.data;
  const at = time === undefined || Number.isNaN(Date.parse(time)) ? null : new Date(time);
  if (!stats) return { kind: "message", level: levelOf(level), text: msg.trim(), object: object ?? null, at };
  return {
    kind: "stats",
    at,
    stats: {
      bytesDone: stats.bytes,
      bytesTotal: stats.totalBytes,
      rateBytesPerSecond: stats.speed,
      etaSeconds: stats.eta,
      transfersDone: stats.transfers,
      transfersTotal: stats.totalTransfers,
      errorCount: stats.errors,
      lastError: stats.lastError ?? null,
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A line cut in the middle, by a kill or a full disk, is text like any other.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** NOTICE, which 1.60 writes as "warning", is what rclone says by default; above error it has critical, alert, emergency. */
function levelOf(level: string): "debug" | "info" | "error" {
  if (level === "debug") return "debug";
  return ["error", "critical", "alert", "emergency", "fatal", "panic"].includes(level) ? "error" : "info";
}

const usageWords = /^(?:Usage:|Flags:|Use "rclone |-\w, --|--\w|rclone \w+ .*\[flags\])/;
const failureWords = /^(?:Failed to |Fatal error|Error: |Command \w+ needs |caused by: )/;

function readPlainLine(text: string): RcloneLine {
  const [, level, message = text] = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:([A-Z]+) *: )?(.*)$/s.exec(text) ?? [];
  if (usageWords.test(message)) return { kind: "noise" };
  const isError = level === undefined ? failureWords.test(message) : levelOf(level.toLowerCase()) === "error";
  const quietLevel = level === "DEBUG" ? "debug" : "info";
  return { kind: "message", level: isError ? "error" : quietLevel, text: message, object: null, at: null };
}
