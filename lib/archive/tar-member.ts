import { escapeName } from "./member-name";
import type { PaxRecords } from "./pax-records";
import { blockBytes, type TarHeader } from "./tar-header";
import { unreadable } from "./unreadable";

export const tarMemberTypes = [
  "file",
  "directory",
  "symlink",
  "hardlink",
  "character_device",
  "block_device",
  "fifo",
  "other",
] as const;
export type TarMemberType = (typeof tarMemberTypes)[number];

export type TarMember = {
  /** As stored ("./etc/", "./etc/hosts"), in the form of `escapeName`. */
  path: string;
  type: TarMemberType;
  /** The file's own size: for a sparse file with its holes. */
  sizeBytes: number;
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
  /** Where a symlink points, or the path of the member a hard link shares its content with; in the form of `escapeName`. */
  linkTarget?: string;
  device?: { major: number; minor: number };
  /** Offset in the uncompressed stream of the member's first header, extended headers included: extraction starts here. */
  headerOffset: number;
  /** Offset of its content, which for a sparse file in pax format begins with its map. */
  dataOffset: number;
  /** Bytes of content in the archive; padding to 512 follows. */
  storedBytes: number;
  isSparse: boolean;
  xattrCount: number;
  hasAcl: boolean;
};

/** What the headers before a member's own say of it; `headerOffset` is that of the first of them. */
export type Announcement = { headerOffset: number; pax: PaxRecords; longName?: Buffer; longLink?: Buffer };

// Linux names end at 4096 bytes per call; deeper trees give longer paths, never this long.
export const maxNameBytes = 64 * 1024;

const typesByFlag: Record<string, TarMemberType> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character_device",
  "4": "block_device",
  "5": "directory",
  D: "directory",
  "6": "fifo",
};

// The range of a JavaScript date, so that a hostile time stays one that can be shown.
const maxDateMs = 8.64e15;
const toMs = (seconds: number) => Math.max(-maxDateMs, Math.min(maxDateMs, Math.floor(seconds * 1000)));

function typeOf({ typeFlag }: TarHeader, name: Buffer): TarMemberType {
  // Tars from before POSIX mark a directory by its name only.
  if (typeFlag === "\0" && name.at(-1) === 0x2f) return "directory";
  return typesByFlag[typeFlag] ?? "other";
}

/** Joins a member's own header (the one at `offset`) with what was announced of it. Later and longer forms win, as in GNU tar. */
export function buildTarMember(
  header: TarHeader,
  offset: number,
  announced: Announcement,
  oldSparseSizeBytes: number | undefined,
): TarMember {
  const { headerOffset, pax, longName, longLink } = announced;
  const name = pax.sparseName ?? pax.path ?? longName ?? header.name;
  const link = pax.linkPath ?? longLink ?? header.linkName;
  const longest = Math.max(name.length, link.length);
  if (longest > maxNameBytes) throw unreadable(`A member's name of ${longest} bytes is too long`, headerOffset);
  const type = typeOf(header, name);
  // GNU tar reads no content behind a hard link, whatever its size says (list.c, read_header).
  const storedBytes = type === "hardlink" ? 0 : (pax.sizeBytes ?? header.sizeBytes);
  const isDevice = type === "character_device" || type === "block_device";
  return {
    path: escapeName(name),
    type,
    sizeBytes: oldSparseSizeBytes ?? pax.sparseSizeBytes ?? storedBytes,
    mode: header.mode,
    uid: pax.uid ?? header.uid,
    gid: pax.gid ?? header.gid,
    mtimeMs: toMs(pax.mtimeSeconds ?? header.mtimeSeconds),
    ...(type === "symlink" || type === "hardlink" ? { linkTarget: escapeName(link) } : {}),
    ...(isDevice ? { device: { major: header.deviceMajor, minor: header.deviceMinor } } : {}),
    headerOffset,
    dataOffset: offset + blockBytes,
    storedBytes,
    isSparse: oldSparseSizeBytes !== undefined || pax.isSparse === true,
    xattrCount: pax.xattrCount ?? 0,
    hasAcl: pax.hasAcl ?? false,
  };
}
