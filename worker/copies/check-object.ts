import { createHash } from "node:crypto";
import type { VerifiedBy } from "@/lib/domain/destination";
import type { CopiedArchive, RemoteCapabilities, Remotes } from "../ports";

export type ObjectCheck =
  | { outcome: "same"; verifiedBy: Exclude<VerifiedBy, "size_only" | "local_read">; evidence: string }
  | { outcome: "missing"; evidence: string }
  | { outcome: "different"; evidence: string };

export type CheckOptions = {
  signal: AbortSignal;
  onProgress?: ((progress: { bytesDone: number }) => void) | undefined;
};

/**
 * Holds an object against an archive's size and hash by the strongest check its backend offers: a hash that the server
 * has, else reading all of it back. Equal size alone is never enough. Throws AppError remote_… when it cannot be told.
 */
export async function checkObject(
  remotes: Remotes,
  path: string,
  archive: CopiedArchive,
  { signal, onProgress }: CheckOptions,
): Promise<ObjectCheck> {
  const capabilities = await remotes.capabilities(path, { signal });
  const hash = comparableHash(capabilities);
  const found = await remotes.statObject(path, { signal, ...(hash ? { hash, sizeBytes: archive.sizeBytes } : {}) });
  if (!found) return { outcome: "missing", evidence: `There is no ${archive.name} at the destination.` };
  if (found.sizeBytes !== archive.sizeBytes) {
    return {
      outcome: "different",
      evidence: `It has ${found.sizeBytes} bytes there and ${archive.sizeBytes} in the manifest.`,
    };
  }

  const foundHash = hash && found.hashes[hash];
  if (!hash || !foundHash) return checkByReading(remotes, path, archive, { signal, onProgress });
  const label = hash === "md5" ? "MD5" : "SHA-256";
  if (foundHash !== archive[hash]) {
    return { outcome: "different", evidence: `Its ${label} there is ${foundHash}, in the manifest ${archive[hash]}.` };
  }
  return {
    outcome: "same",
    verifiedBy: capabilities.isHashedOnRead ? "server_hash" : "ingest_hash",
    evidence: `${archive.sizeBytes} bytes; ${label} ${foundHash} is the manifest's.`,
  };
}

/** Reads every byte back, whatever hash the backend has: the one check that sees what rotted after the upload. */
export async function checkByReading(
  remotes: Remotes,
  path: string,
  archive: CopiedArchive,
  { signal, onProgress }: CheckOptions,
): Promise<ObjectCheck> {
  const sha256 = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of remotes.readObject(path, { signal })) {
    sha256.update(chunk);
    sizeBytes += chunk.length;
    onProgress?.({ bytesDone: sizeBytes });
  }
  const digest = sha256.digest("hex");
  if (sizeBytes === archive.sizeBytes && digest === archive.sha256) {
    return {
      outcome: "same",
      verifiedBy: "download",
      evidence: `${sizeBytes} bytes read back; SHA-256 ${digest} is the manifest's.`,
    };
  }
  return {
    outcome: "different",
    evidence: `${sizeBytes} bytes read back with SHA-256 ${digest}; the manifest says ${archive.sizeBytes} and ${archive.sha256}.`,
  };
}

function comparableHash({ hashes }: RemoteCapabilities): "sha256" | "md5" | undefined {
  if (hashes.includes("sha256")) return "sha256";
  return hashes.includes("md5") ? "md5" : undefined;
}
