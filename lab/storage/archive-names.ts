export type ArchiveName = {
  fileName: string;
  /** `tar.zst`, `vma`, `tgz`: what the API calls the format. */
  format: string;
  subtype: "lxc" | "qemu" | "openvz" | "unknown";
  /** Only a standard name has these. */
  vmid?: number;
  createdAt?: Date;
};

const extension = "(tgz|(?:tar|vma)(?:\\.(?:gz|lzo|zst|bz2))?)";
const anyBackup = new RegExp(`^[^/]+\\.${extension}$`);
const knownBackup = new RegExp(`^vzdump-(lxc|openvz|qemu)-.+\\.${extension}$`);
const standardName = new RegExp(
  `^vzdump-(lxc|openvz|qemu)-([1-9][0-9]{2,8})-(\\d{4})_(\\d{2})_(\\d{2})-(\\d{2})_(\\d{2})_(\\d{2})\\.${extension}$`,
);
const ownerPart = new RegExp(`-([1-9][0-9]{2,8})-[^/]+\\.${extension}$`);

/** What a file name in a dump directory says (pve-storage, archive_info); undefined for what is no backup. */
export function parseArchiveName(fileName: string): ArchiveName | undefined {
  const format = anyBackup.exec(fileName)?.[1];
  if (format === undefined) return undefined;
  const subtype = (knownBackup.exec(fileName)?.[1] ?? "unknown") as ArchiveName["subtype"];
  const standard = standardName.exec(fileName);
  if (!standard) {
    const owner = ownerPart.exec(fileName)?.[1];
    return { fileName, format, subtype, ...(owner === undefined ? {} : { vmid: Number(owner) }) };
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = standard.slice(3, 9).map(Number);
  const createdAt = new Date(year, month - 1, day, hour, minute, second);
  const isRealDate =
    createdAt.getMonth() === month - 1 && createdAt.getDate() === day && hour < 24 && minute < 60 && second < 60;
  const vmid = Number(standard[2]);
  return isRealDate ? { fileName, format, subtype, vmid, createdAt } : { fileName, format, subtype: "unknown", vmid };
}

/** The name without its archive extension: what the log beside it is called. */
export function archiveBaseName(fileName: string): string {
  return fileName.replace(new RegExp(`\\.${extension}$`), "");
}
