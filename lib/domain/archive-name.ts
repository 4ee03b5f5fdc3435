import { instantOfWallClock, wallClockMs, wallClockText } from "./zoned-time";

/** "openvz" only in archives older than Proxmox VE 4. */
export type ArchiveGuestType = "lxc" | "qemu" | "openvz";
export type ArchiveFormat = "tar" | "vma";
export type ArchiveCompression = "gz" | "lzo" | "zst" | "bz2";

type KnownArchive = {
  /** Without its directory. */
  fileName: string;
  guestType: ArchiveGuestType;
  format: ArchiveFormat;
  compression: ArchiveCompression | null;
  /** Program and arguments that Proxmox decompresses with; null for a plain file. */
  decompressor: readonly string[] | null;
};

export type StandardArchive = KnownArchive & {
  kind: "standard";
  vmid: number;
  /** The start of the guest's backup, read from the name in the node's zone. */
  createdAt: Date;
  logName: string;
  notesName: string;
  protectedName: string;
};

/**
 * What a file name says. `standard`: vzdump's own name, whose guest and time can be read from it; only these are pruned.
 * `renamed`: a backup by its prefix and ending, but with no guest or no real date in the rest. `foreign`: not a backup.
 * `reason` is Proxmox's own wording where it has one.
 */
export type ArchiveName =
  | StandardArchive
  | (KnownArchive & { kind: "renamed"; reason: string })
  | { kind: "foreign"; fileName: string; reason: string };

const endings = String.raw`(tgz|(tar|vma)(?:\.(gz|lzo|zst|bz2))?)`;
const knownName = new RegExp(`^vzdump-(lxc|openvz|qemu)-.+\\.${endings}$`);
const standardName = new RegExp(
  `^(vzdump-(?:lxc|openvz|qemu)-([1-9][0-9]{2,8})-(\\d{4}_\\d\\d_\\d\\d-\\d\\d_\\d\\d_\\d\\d))\\.${endings}$`,
);

const decompressors = {
  tar: { gz: ["tar", "-z"], lzo: ["tar", "--lzop"], zst: ["tar", "--zstd"], bz2: ["tar", "--bzip2"] },
  vma: { gz: ["zcat"], lzo: ["lzop", "-d", "-c"], zst: ["zstd", "-q", "-d", "-c"], bz2: ["bzcat", "-q"] },
} as const satisfies Record<ArchiveFormat, Record<ArchiveCompression, readonly string[]>>;

/**
 * Reads an archive's file name (a directory before it is dropped) as pve-storage's archive_info does. The time in a name
 * is local to the node: the same name is another instant in another `timeZone`.
 */
export function parseArchiveName(path: string, timeZone: string): ArchiveName {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const known = knownName.exec(fileName);
  if (!known) {
    return { kind: "foreign", fileName, reason: `ERROR: couldn't determine archive info from '${path}'` };
  }
  const archive = knownArchive(fileName, known);

  const standard = standardName.exec(fileName);
  if (!standard)
    return { ...archive, kind: "renamed", reason: "the name holds no guest and time as vzdump writes them" };
  const [, baseName = "", vmid = "", stamp = ""] = standard;
  const time = readStamp(stamp);
  if (!time.isReal) return { ...archive, kind: "renamed", reason: time.reason };

  return {
    ...archive,
    kind: "standard",
    vmid: Number(vmid),
    createdAt: new Date(instantOfWallClock(time.wallMs, timeZone)),
    logName: `${baseName}.log`,
    notesName: `${fileName}.notes`,
    protectedName: `${fileName}.protected`,
  };
}

function knownArchive(fileName: string, match: RegExpExecArray): KnownArchive {
  const [, guestType, ending, formatInName, compressionInName] = match;
  const format = ending === "tgz" ? "tar" : (formatInName as ArchiveFormat);
  const compression = ending === "tgz" ? "gz" : ((compressionInName ?? null) as ArchiveCompression | null);
  return {
    fileName,
    guestType: guestType as ArchiveGuestType,
    format,
    compression,
    decompressor: compression && decompressors[format][compression],
  };
}

type StampReading = { isReal: true; wallMs: number } | { isReal: false; reason: string };

/** Reads "2026_11_23-02_28_22", with the wording of Perl's Time::Local for what is no date (it counts months from 0). */
function readStamp(stamp: string): StampReading {
  const [year = "", month = "", day = "", hour = "", minute = "", second = ""] = stamp.split(/[_-]/);
  const unreal = (what: string, value: string | number, range: string): StampReading => ({
    isReal: false,
    reason: `${what} '${value}' out of range ${range}`,
  });
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (Number(year) < 100) return unreal("Year", year, "100..9999");
  if (Number(month) < 1 || Number(month) > 12) return unreal("Month", Number(month) - 1, "0..11");
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > lastDay) return unreal("Day", day, `1..${lastDay}`);
  if (Number(hour) > 23) return unreal("Hour", hour, "0..23");
  if (Number(minute) > 59) return unreal("Minute", minute, "0..59");
  if (Number(second) > 59) return unreal("Second", second, "0..59");
  return {
    isReal: true,
    wallMs: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  };
}

/** "2026_11_23-02_28_22": an instant as it stands in archive names of a node in `timeZone`. */
export function archiveStamp(at: Date, timeZone: string): string {
  return stampOfLocalText(wallClockText(wallClockMs(at.getTime(), timeZone)));
}

/**
 * The stamp of the time in vzdump's line "Backup started at 2026-11-23 02:28:22". Taken from the text, not from an
 * instant: in the hour that comes twice only the text says what vzdump called the file.
 */
export function stampOfLocalText(localTime: string): string {
  return localTime
    .replace(" ", "-")
    .replace(/^(\d{4})-(\d\d)-(\d\d)/, "$1_$2_$3")
    .replaceAll(":", "_");
}

/** vzdump's name for an archive; `stamp` as archiveStamp or stampOfLocalText make it. */
export function formatArchiveName(archive: {
  guestType: "lxc" | "qemu";
  vmid: number;
  stamp: string;
  format: ArchiveFormat;
  compression: ArchiveCompression | null;
}): string {
  const ending = archive.compression ? `${archive.format}.${archive.compression}` : archive.format;
  return `vzdump-${archive.guestType}-${archive.vmid}-${archive.stamp}.${ending}`;
}

const hostName =
  /^undercroft-host-([A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)-(\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d)\.tar\.zst$/;

/** Our own archives of a node's configuration: undercroft-host-NODE-YYYY_MM_DD-HH_MM_SS.tar.zst. */
export function formatHostArchiveName(nodeName: string, stamp: string): string {
  return `undercroft-host-${nodeName}-${stamp}.tar.zst`;
}

/** Node and time of a host configuration archive; undefined for any other file. */
export function parseHostArchiveName(
  path: string,
  timeZone: string,
): { fileName: string; nodeName: string; createdAt: Date } | undefined {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const [, nodeName = "", stamp = ""] = hostName.exec(fileName) ?? [];
  const time = readStamp(stamp);
  if (nodeName === "" || !time.isReal) return undefined;
  return { fileName, nodeName, createdAt: new Date(instantOfWallClock(time.wallMs, timeZone)) };
}

/** Whether a name is one this product or vzdump gives, down to a real date: only such files are ever removed. */
export function isPrunableName(fileName: string): boolean {
  if (fileName.includes("/")) return false;
  return parseArchiveName(fileName, "UTC").kind === "standard" || parseHostArchiveName(fileName, "UTC") !== undefined;
}

const volumeId = /^([a-z][a-z0-9\-_.]*[a-z0-9]):backup\/([^/]+)$/i;

/** "nas:backup/vzdump-….tar.zst" into storage and file; undefined for volumes that are no backup file of a storage. */
export function parseVolumeId(text: string): { storageId: string; fileName: string } | undefined {
  const [, storageId, fileName] = volumeId.exec(text) ?? [];
  return storageId === undefined || fileName === undefined ? undefined : { storageId, fileName };
}

export function formatVolumeId(storageId: string, fileName: string): string {
  return `${storageId}:backup/${fileName}`;
}
