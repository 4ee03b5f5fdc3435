import { z } from "zod";
import { backupModeSchema, guestTypeSchema } from "./guest";

/**
 * What lies beside every archive at every destination as NAME.manifest.json, written last: from manifests alone the
 * catalogue can be rebuilt. `hmac` is HMAC-SHA256 over the JSON text of all other keys in this order.
 */
export const manifestSchema = z.object({
  format: z.literal("undercroft-manifest/1"),
  archiveName: z.string(),
  cluster: z.string(),
  node: z.string(),
  guest: z.object({
    type: guestTypeSchema,
    vmid: z.int().nullable(),
    name: z.string(),
    incarnation: z.int(),
    fingerprint: z.string(),
  }),
  takenAt: z.iso.datetime(),
  mode: backupModeSchema,
  engine: z.enum(["frames", "stock"]),
  sizeBytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  rawSizeBytes: z.int().nullable(),
  rawSha256: z.string().nullable(),
  indexSha256: z.string().nullable(),
  policy: z.object({ id: z.string(), name: z.string() }),
  run: z.object({ id: z.string(), number: z.int() }),
  note: z.string(),
  config: z.object({ text: z.string(), sha256: z.string() }),
  versions: z.record(z.string(), z.string()),
  sealedAt: z.iso.datetime(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const signedManifestSchema = manifestSchema.extend({ hmac: z.string().regex(/^[0-9a-f]{64}$/) });
export type SignedManifest = z.infer<typeof signedManifestSchema>;

export const manifestName = (archiveName: string) => `${archiveName}.manifest.json`;
export const indexName = (archiveName: string) => `${archiveName}.index.zst`;
export const notesName = (archiveName: string) => `${archiveName}.notes`;
