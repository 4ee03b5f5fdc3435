import { unreadable } from "./unreadable";

/** What a pax header says of the members it is for; byte values are kept for names, all else is read. */
export type PaxRecords = {
  path?: Buffer;
  linkPath?: Buffer;
  sizeBytes?: number;
  uid?: number;
  gid?: number;
  mtimeSeconds?: number;
  /** GNU.sparse.*: the real name and size of a sparse member. */
  sparseName?: Buffer;
  sparseSizeBytes?: number;
  isSparse?: true;
  xattrCount?: number;
  hasAcl?: true;
};

const equals = 0x3d;
const space = 0x20;
const newline = 0x0a;

function wholeNumber(value: Buffer, key: string, offset: number): number {
  const text = value.toString("latin1");
  const parsed = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(parsed))
    throw unreadable(`A pax header has a wrong ${key}`, offset);
  return parsed;
}

function seconds(value: Buffer, offset: number): number {
  const text = value.toString("latin1");
  if (!/^-?\d{1,16}(\.\d*)?$/.test(text)) throw unreadable("A pax header has a wrong mtime", offset);
  return Number(text);
}

function size(value: Buffer, key: string, offset: number): number {
  const parsed = wholeNumber(value, key, offset);
  if (parsed < 0) throw unreadable(`A pax header has a wrong ${key}`, offset);
  return parsed;
}

function takeRecord(records: PaxRecords, key: string, value: Buffer, offset: number): void {
  switch (key) {
    case "path":
      records.path = Buffer.from(value);
      return;
    case "linkpath":
      records.linkPath = Buffer.from(value);
      return;
    case "size":
      records.sizeBytes = size(value, key, offset);
      return;
    case "uid":
      records.uid = wholeNumber(value, key, offset);
      return;
    case "gid":
      records.gid = wholeNumber(value, key, offset);
      return;
    case "mtime":
      records.mtimeSeconds = seconds(value, offset);
      return;
    case "GNU.sparse.name":
      records.sparseName = Buffer.from(value);
      records.isSparse = true;
      return;
    case "GNU.sparse.size":
    case "GNU.sparse.realsize":
      records.sparseSizeBytes = size(value, key, offset);
      records.isSparse = true;
      return;
    default:
      if (key.startsWith("SCHILY.xattr.")) records.xattrCount = (records.xattrCount ?? 0) + 1;
      else if (key.startsWith("SCHILY.acl.")) records.hasAcl = true;
  }
}

/**
 * The records of a pax extended header ("LENGTH KEY=VALUE\n"; the length counts itself). Keys that change nothing of what
 * a listing shows are passed over; values may hold any byte. Throws archive_unreadable when the records do not fit.
 */
export function parsePaxRecords(bytes: Buffer, offset: number): PaxRecords {
  const records: PaxRecords = {};
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(space, at);
    const length = blank > at && blank - at <= 10 ? Number(bytes.toString("latin1", at, blank)) : Number.NaN;
    const end = at + length;
    const equalsAt = bytes.indexOf(equals, blank);
    const fits = Number.isInteger(length) && end <= bytes.length && end > blank + 1 && bytes[end - 1] === newline;
    if (!fits || equalsAt < 0 || equalsAt >= end) throw unreadable("A pax header is damaged", offset);
    takeRecord(records, bytes.toString("utf8", blank + 1, equalsAt), bytes.subarray(equalsAt + 1, end - 1), offset);
    at = end;
  }
  return records;
}
