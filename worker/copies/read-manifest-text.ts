import { AppError } from "@/lib/domain/errors";
import type { Remotes } from "../ports";

/** Far more than any manifest has; what is longer is not one. */
const maxManifestBytes = 4 * 1024 * 1024;

/** The text of a manifest at a remote, undefined when there is none. */
export async function readManifestText(
  remotes: Remotes,
  path: string,
  { signal }: { signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const chunks = await remotes.readObject(path, { signal, countBytes: maxManifestBytes }).toArray();
    return Buffer.concat(chunks).toString("utf8");
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return undefined;
    throw error;
  }
}
