import { AppError } from "@/lib/domain/errors";
import { parseSchedule, type Schedule } from "@/lib/domain/schedule";
import { isTimeZone } from "@/lib/domain/zoned-time";

/** The schedule a person typed. Fails with invalid_input whose reason stands at the named field. */
export function requireSchedule(expression: string, field: string): Schedule {
  try {
    return parseSchedule(expression);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("invalid_input", `${field}: ${error.message}`, {
      cause: error,
      fields: { [field]: error.message },
    });
  }
}

export function requireTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  throw new AppError("invalid_input", "timeZone: is not a time zone this system knows", {
    fields: { timeZone: "is not a time zone this system knows" },
  });
}
