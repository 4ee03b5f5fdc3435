import pino, { type Logger } from "pino";
import { config } from "./config";
import { once } from "./once";

export type { Logger } from "pino";

/** The process's own log: JSON lines on stdout. What slips in under these keys is masked. */
export const log: () => Logger = once(() =>
  pino({
    level: config().logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: [
      "*.password",
      "*.secret",
      "*.tokenSecret",
      "*.authorization",
      "*.cookie",
      "password",
      "secret",
      "authorization",
    ],
  }),
);
