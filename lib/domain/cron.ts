import { type CronExpression, CronExpressionParser } from "cron-parser";
import { AppError } from "./errors";

const names = new Set("jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat l".split(" "));

/** Five fields apart by blanks: no Proxmox calendar event has more than four parts. */
export function isCronExpression(expression: string): boolean {
  return expression.trim().split(/\s+/).length === 5;
}

/**
 * Reads a five-field cron expression (minute, hour, day of month, month, day of week; names and "L" allowed). Events are
 * computed after `afterMs` in `timeZone`. Throws AppError invalid_input for what is none.
 */
export function parseCron(expression: string, afterMs: number, timeZone: string): CronExpression {
  const words = expression.toLowerCase().match(/[a-z]+/g) ?? [];
  // cron-parser takes "H" for a random value, which would be another schedule at every start.
  const unknown = words.find((word) => !names.has(word));
  if (unknown !== undefined) throw notCron(expression, `'${unknown}' is no month or weekday`);
  try {
    return CronExpressionParser.parse(expression.trim(), { currentDate: new Date(afterMs), tz: timeZone });
  } catch (error) {
    throw notCron(expression, error instanceof Error ? error.message : String(error), error);
  }
}

function notCron(expression: string, reason: string, cause?: unknown): AppError {
  return new AppError("invalid_input", `unable to parse cron expression '${expression.trim()}' - ${reason}`, { cause });
}

/** Epoch seconds of the first event after `afterSeconds`; undefined when the expression has none. */
export function nextCronEvent(expression: string, afterSeconds: number, timeZone: string): number | undefined {
  const cron = parseCron(expression, afterSeconds * 1000, timeZone);
  return cron.hasNext() ? cron.next().getTime() / 1000 : undefined;
}
