import { AppError, type ErrorCode } from "@/lib/domain/errors";

/** A request that is refused with a status of its own, other than its code's. */
export class HttpRefusal extends AppError {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    options: ConstructorParameters<typeof AppError>[2] & { headers?: Record<string, string> } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
