import type { TreeEntry } from "./tree-entry";

const blockBytes = 512;

/**
 * A tree as a pax archive, written here so that the system's tar can lay it down with owners, links, devices and
 * extended attributes in one pass. Sparse entries are left out: tar would store their holes as zeros.
 */
export function* treeArchive(entries: readonly TreeEntry[], idOffset: number): Generator<Uint8Array> {
  for (const entry of entries) {
    if (entry.kind === "sparse") continue;
    yield* member(entry, idOffset);
  }
  yield Buffer.alloc(2 * blockBytes);
}

function* member(entry: Exclude<TreeEntry, { kind: "sparse" }>, idOffset: number): Generator<Uint8Array> {
  const records = paxRecords(entry);
  if (records.length > 0) {
    yield header({ name: "./PaxHeaders/entry", type: "x", sizeBytes: records.length });
    yield padded(records);
  }
  yield header({
    name: entry.path,
    type: typeFlags[entry.kind],
    mode: entry.mode ?? (entry.kind === "directory" ? 0o755 : 0o644),
    uid: (entry.uid ?? 0) + idOffset,
    gid: (entry.gid ?? 0) + idOffset,
    sizeBytes: entry.kind === "file" ? entry.sizeBytes : 0,
    modifiedAt: entry.modifiedAt ?? defaultModifiedAt,
    linkTarget: "target" in entry ? entry.target : "",
    device: entry.kind === "characterDevice" ? entry : undefined,
  });
  if (entry.kind !== "file") return;
  yield* entry.content();
  yield Buffer.alloc((blockBytes - (entry.sizeBytes % blockBytes)) % blockBytes);
}

const defaultModifiedAt = new Date("2026-11-01T10:00:00Z");

const typeFlags = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  characterDevice: "3",
  directory: "5",
  fifo: "6",
} as const;

function paxRecords(entry: TreeEntry): Buffer {
  const records: Buffer[] = [];
  if (Buffer.byteLength(entry.path) > 100) records.push(paxRecord("path", entry.path));
  if ("target" in entry && Buffer.byteLength(entry.target) > 100) records.push(paxRecord("linkpath", entry.target));
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) {
    records.push(paxRecord(`SCHILY.xattr.${name}`, value));
  }
  return Buffer.concat(records);
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`, "utf8");
}

type Header = {
  name: string;
  type: string;
  sizeBytes: number;
  mode?: number;
  uid?: number;
  gid?: number;
  modifiedAt?: Date;
  linkTarget?: string;
  device?: { major: number; minor: number } | undefined;
};

function header(fields: Header): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  Buffer.from(fields.name, "utf8").copy(block, 0, 0, 100);
  octal(fields.mode ?? 0o644, 100, 8);
  octal(fields.uid ?? 0, 108, 8);
  octal(fields.gid ?? 0, 116, 8);
  octal(fields.sizeBytes, 124, 12);
  octal(Math.floor((fields.modifiedAt ?? defaultModifiedAt).getTime() / 1000), 136, 12);
  block.write("        ", 148, "latin1");
  block.write(fields.type, 156, "latin1");
  Buffer.from(fields.linkTarget ?? "", "utf8").copy(block, 157, 0, 100);
  block.write("ustar\u000000", 257, "latin1");
  octal(fields.device?.major ?? 0, 329, 8);
  octal(fields.device?.minor ?? 0, 337, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)]);
}
