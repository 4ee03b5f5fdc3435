import { statSync } from "node:fs";
import { z } from "zod";
import { AppError } from "@/lib/domain/errors";
import type { RemoteCapabilities } from "../../ports";
import type { Rclone } from "./rclone";
import { remoteOf } from "./remote-path";

const featuresSchema = z.object({
  Hashes: z.array(z.string()).nullable(),
  Features: z.object({ BucketBased: z.boolean(), Move: z.boolean(), SlowHash: z.boolean() }),
});

/**
 * Asks rclone what the backend behind a remote can do. Wrapping remotes (crypt, alias) answer for what they wrap, so
 * nothing is decided by a backend's name. Answers are kept until the configuration file changes.
 */
export function createReadCapabilities(rclone: Rclone) {
  const known = new Map<string, RemoteCapabilities>();

  return async (path: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<RemoteCapabilities> => {
    const remote = remoteOf(path);
    const key = `${remote} ${statSync(rclone.settings.configPath).mtimeMs}`;
    const found = known.get(key);
    if (found) return found;

    const features = await rclone.run(["backend", "features", "--", remote], { signal });
    const remotes = await rclone.run(["listremotes", "--long"], { signal });
    const capabilities = readCapabilities(features.stdout.toString(), remotes.stdout.toString(), remote);
    known.set(key, capabilities);
    return capabilities;
  };
}

/** rclone calls a hash slow when it is computed from the file at the moment it is asked for. */
function readCapabilities(featuresJson: string, remotesList: string, remote: string): RemoteCapabilities {
  const parsed = featuresSchema.safeParse(JSON.parse(featuresJson));
  if (!parsed.success) throw new AppError("tool_failed", `rclone does not say what ${remote} can do.`);
  const { Hashes, Features } = parsed.data;
  const line = remotesList.split("\n").find((text) => text.startsWith(remote));
  return {
    backendType: line?.slice(remote.length).trim() ?? "",
    hashes: Hashes ?? [],
    isHashedOnRead: Features.SlowHash,
    isAtomicPut: Features.BucketBased,
    canMove: Features.Move,
  };
}
