import type { z } from "zod";
import { AppError } from "@/lib/domain/errors";

/** Where a list goes on: the key of its last row, opaque to callers. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The key in a cursor; undefined without one. Fails with invalid_input for anything this list did not give out. */
export function decodeCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(jsonIn(cursor));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "cursor: is not one this list gave out", {
    fields: { cursor: "is not one this list gave out" },
  });
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
