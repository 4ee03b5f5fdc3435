import { AppError, type ToolError } from "@/lib/domain/errors";
import { classifyRcloneFailure } from "@/lib/domain/rclone-failure";
import { parseRcloneLine } from "@/lib/domain/rclone-line";
import { redactLine } from "@/lib/domain/redact";
import type { ProcessExit } from "../command/start-detached";

/** An end of rclone that it did not choose well, with what it said, secrets masked. */
type BadEnd = { exitCode: number | undefined; signal?: NodeJS.Signals | undefined; stderrTail: string };

function toAppError({ exitCode, signal, stderrTail }: BadEnd, cause?: Error): AppError {
  const lines = stderrTail.split("\n");
  const failure = classifyRcloneFailure({ exitCode: exitCode ?? null, signal: signal ?? null, lines });
  return new AppError(failure.code, redactLine(failure.cause), { ...(cause ? { cause } : {}) });
}

/** A failed call of rclone as the failure it stands for. */
export function describeFailure(error: ToolError): AppError {
  const { reason, exitCode, stderrTail } = error.failure;
  if (reason === "canceled") return new AppError("canceled", "The call of rclone was cancelled.", { cause: error });
  if (reason === "not_started") return new AppError("tool_failed", error.message, { cause: error });
  if (reason === "timed_out") {
    return new AppError("remote_unreachable", "The remote did not answer in time.", { cause: error });
  }
  return toAppError({ exitCode, stderrTail }, error);
}

/**
 * The failure of a transfer that is over; undefined when it went well, and when its end was not seen and it said
 * nothing of a failure: then only a look at the result decides.
 */
export function describeEnd(exit: ProcessExit | undefined, stderrTail: string): AppError | undefined {
  if (exit?.exitCode === 0) return undefined;
  if (!exit && !saysFailure(stderrTail)) return undefined;
  return toAppError({ exitCode: exit?.exitCode, signal: exit?.signal, stderrTail });
}

function saysFailure(stderrTail: string): boolean {
  return stderrTail.split("\n").some((text) => {
    const line = parseRcloneLine(text);
    return line.kind === "message" && line.level === "error";
  });
}

export function isAboutMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === "not_found";
}

/** `rclone about` of a backend that has no figures: "… doesn't support about". */
export function isAboutUnsupported(error: unknown): boolean {
  return error instanceof AppError && error.message.includes("doesn't support about");
}
