/** Every way the product is expected to fail. Tables over these codes are `satisfies Record<ErrorCode, …>`. */
export const errorCodes = [
  "invalid_input",
  "not_found",
  "conflict",
  "unauthenticated",
  "forbidden",
  "rate_limited",
  "not_possible",
  "tool_failed",
  "cluster_unreachable",
  "cluster_refused",
  "remote_unreachable",
  "remote_auth_failed",
  "remote_full",
  "copy_corrupt",
  "archive_unreadable",
  "guest_locked",
  "guest_gone",
  "guest_not_restarted",
  "dump_incomplete",
  "dump_directory_unusable",
  "dump_directory_full",
  "worker_lost",
  "canceled",
  "unavailable",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What a person reads of a failure: the cause, what is still safe, and one thing to do. */
export type Fault = { code: ErrorCode; cause: string; safe: string; action: string };

type AppErrorOptions = ErrorOptions & { safe?: string; action?: string; fields?: Record<string, string> };

/** An expected failure. Its message is safe to show; its cause is for the log only. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly code: ErrorCode;
  readonly safe: string | undefined;
  readonly action: string | undefined;
  /** Reasons per input field ("retention.local.keepLast" → "must be 0 or more"), for invalid_input. */
  readonly fields: Record<string, string> | undefined;

  constructor(code: ErrorCode, message: string, options?: AppErrorOptions) {
    super(message, options);
    this.code = code;
    this.safe = options?.safe;
    this.action = options?.action;
    this.fields = options?.fields;
  }
}

export type ToolFailure = {
  tool: string;
  reason: "canceled" | "exited" | "not_started" | "timed_out";
  exitCode?: number | undefined;
  stderrTail: string;
};

/** A program that did not do its work, and the last it said of why. */
export class ToolError extends AppError {
  override readonly name = "ToolError";
  readonly failure: ToolFailure;

  constructor(failure: ToolFailure, options?: AppErrorOptions & { code?: ErrorCode; message?: string }) {
    const said = failure.stderrTail.trim().split("\n").at(-1) ?? "";
    const message = options?.message ?? `${failure.tool} ${failure.reason} ${failure.exitCode ?? ""}`.trimEnd();
    super(options?.code ?? "tool_failed", options?.message ?? (said ? `${message}: ${said}` : message), options);
    this.failure = failure;
  }
}
