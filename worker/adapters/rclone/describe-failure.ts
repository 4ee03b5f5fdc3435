import { AppError, type ErrorCode, ToolError } from "@/lib/domain/errors";
import type { ProcessExit } from "../command/start-detached";

export type LogLine = { kind: "progress"; bytesDone: number } | { kind: "message"; text: string; at: Date | undefined };

export function readLogLine(text: string): LogLine {
  try {
    const line = JSON.parse(text);
    if (line.stats) return { kind: "progress", bytesDone: line.stats.bytes };
    return { kind: "message", text: line.msg, at: new Date(line.time) };
  } catch {
    return { kind: "message", text, at: undefined };
  }
}

function classify(text: string): ErrorCode {
  if (/not found|doesn't exist/.test(text)) return "not_found";
  if (/connection refused|timeout|reset by peer|EOF|broken pipe/.test(text)) return "remote_unreachable";
  if (/unable to authenticate|401|403|SignatureDoesNotMatch/.test(text)) return "remote_auth_failed";
  if (/507|quota|no space/i.test(text)) return "remote_full";
  return "tool_failed";
}

export function describeFailure(error: ToolError): AppError {
  if (error.failure.reason === "canceled") return new AppError("canceled", "cancelled", { cause: error });
  const text = error.failure.stderrTail;
  return new AppError(classify(text), text.trim().split("\n").at(-1) ?? "", { cause: error });
}

export function describeEnd(exit: ProcessExit | undefined, tail: string): AppError | undefined {
  if (exit?.exitCode === 0) return undefined;
  if (!exit && !tail) return undefined;
  return describeFailure(
    new ToolError({
      tool: "rclone",
      reason: "exited",
      exitCode: exit?.exitCode,
      stderrTail: tail || `ended by ${exit?.signal}`,
    }),
  );
}

export function isAboutMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === "not_found";
}

export function isAboutUnsupported(error: unknown): boolean {
  return error instanceof AppError && error.message.includes("doesn't support about");
}
