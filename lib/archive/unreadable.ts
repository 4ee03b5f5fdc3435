import { AppError } from "@/lib/domain/errors";

/** The one error for an archive whose bytes are not what its format promises. `offset` counts in the uncompressed stream. */
export function unreadable(reason: string, offset?: number): AppError {
  const where = offset === undefined ? "" : ` (at byte ${offset} of the uncompressed stream)`;
  return new AppError("archive_unreadable", `${reason}${where}`);
}
