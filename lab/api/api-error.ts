/** An answer that is not 200. Its first line goes into the status line, all of it into the body. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: Record<string, string> | undefined;
  readonly body: "json" | "plain" | "empty";

  constructor(
    status: number,
    message: string,
    { errors, body = "json" }: { errors?: Record<string, string>; body?: ApiError["body"] } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.body = body;
  }
}

/** 400 with the names of the parameters that are wrong. */
export function parameterError(errors: Record<string, string>): ApiError {
  return new ApiError(400, "Parameter verification failed.\n", { errors });
}

/** What a handler dies with: 500, the text as it is. */
export function handlerError(message: string): ApiError {
  return new ApiError(500, `${message}\n`);
}
