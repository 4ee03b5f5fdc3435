import { z } from "zod";
import { tarMemberTypes } from "./tar-member";

export const archiveKindSchema = z.enum(["tar", "vma"]);
export type ArchiveKind = z.infer<typeof archiveKindSchema>;

/** The first line of an index. A reader refuses any other `format`; entries follow in the archive's own order. */
export const indexHeaderSchema = z.object({
  format: z.literal("undercroft-index/1"),
  kind: archiveKindSchema,
  archiveName: z.string(),
  rawSizeBytes: z.int(),
  rawSha256: z.string(),
  entryCount: z.int(),
});
export type IndexHeader = z.infer<typeof indexHeaderSchema>;

/** One member of a tar; what TarMember says of these keys, with those left out that are zero or false. */
const memberEntrySchema = z.object({
  type: z.enum(tarMemberTypes),
  path: z.string(),
  sizeBytes: z.number(),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  mtimeMs: z.number(),
  linkTarget: z.string().optional(),
  device: z.object({ major: z.number(), minor: z.number() }).optional(),
  headerOffset: z.number(),
  dataOffset: z.number(),
  storedBytes: z.number(),
  isSparse: z.literal(true).optional(),
  xattrCount: z.number().optional(),
  hasAcl: z.literal(true).optional(),
});

const configEntrySchema = z.object({ type: z.literal("vma_config"), name: z.string(), text: z.string() });

const deviceEntrySchema = z.object({
  type: z.literal("vma_device"),
  id: z.int(),
  name: z.string(),
  sizeBytes: z.number(),
});

/** One extent: where its header lies, and per device the lowest and highest cluster that it holds. */
const extentEntrySchema = z.object({
  type: z.literal("vma_extent"),
  offset: z.number(),
  blockCount: z.int(),
  clusterCount: z.int(),
  clusters: z.array(z.object({ deviceId: z.int(), first: z.int(), last: z.int() })),
});

export const indexEntrySchema = z.discriminatedUnion("type", [
  memberEntrySchema,
  configEntrySchema,
  deviceEntrySchema,
  extentEntrySchema,
]);
export type IndexEntry = z.infer<typeof indexEntrySchema>;
export type MemberEntry = z.infer<typeof memberEntrySchema>;
