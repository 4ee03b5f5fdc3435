import { z } from "zod";

export const slots = ["local", "primary", "secondary", "tertiary"] as const;
export const slotSchema = z.enum(slots);
export type Slot = z.infer<typeof slotSchema>;
export const remoteSlots = ["primary", "secondary", "tertiary"] as const satisfies readonly Slot[];

export const slotLabel = {
  local: "Local",
  primary: "Primary",
  secondary: "Secondary",
  tertiary: "Tertiary",
} as const satisfies Record<Slot, string>;

export const proofSchema = z.enum(["P0", "P1", "P2", "P3", "P4"]);
export type Proof = z.infer<typeof proofSchema>;
const proofOrder = proofSchema.options;

export function isProofAtLeast(proof: Proof | null, required: Proof): boolean {
  return proof !== null && proofOrder.indexOf(proof) >= proofOrder.indexOf(required);
}

export const verifiedBySchema = z.enum(["server_hash", "ingest_hash", "download", "size_only", "local_read"]);
export type VerifiedBy = z.infer<typeof verifiedBySchema>;

/** Said literally beside every proof, so that nobody reads more into it than was done. */
export const verifiedByText = {
  server_hash: "the server hashed its stored bytes",
  ingest_hash: "hash recorded by the server at upload; the stored bytes were not read again",
  download: "all bytes were read back and hashed",
  size_only: "only the size was compared",
  local_read: "read back from disk, decompressed to the end and hashed",
} as const satisfies Record<VerifiedBy, string>;

export const copyStateSchema = z.enum(["copying", "pending", "good", "failed", "corrupt", "missing", "removed"]);
export type CopyState = z.infer<typeof copyStateSchema>;

/** `remote:path` of an rclone remote from the config file; connection strings and local paths are refused, for they could carry secrets. */
export const remoteSchema = z
  .string()
  .max(1024)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.+@-]*:[^\p{Cc}]*$/u,
    "must look like remote:path, with the remote's name from the rclone configuration",
  )
  .refine((remote) => !remote.split(":")[1]?.split("/").includes(".."), "must not contain ..");
