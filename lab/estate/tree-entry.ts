/** One member of a container's file tree. Owners are those inside the container. */
export type TreeEntry = {
  /** Below the root, without a leading slash: `etc/hostname`. */
  path: string;
  uid?: number;
  gid?: number;
  mode?: number;
  modifiedAt?: Date;
  /** E.g. { "user.comment": "..." } */
  xattrs?: Record<string, string>;
} & (
  | { kind: "file"; sizeBytes: number; content: () => Iterable<Uint8Array> }
  | { kind: "directory" }
  | { kind: "symlink"; target: string }
  | { kind: "hardlink"; target: string }
  | { kind: "fifo" }
  | { kind: "characterDevice"; major: number; minor: number }
  /** A file with holes: so many bytes long, with content at its very end only. */
  | { kind: "sparse"; sizeBytes: number; tail: string }
);

type Owner = Pick<TreeEntry, "uid" | "gid" | "mode" | "modifiedAt" | "xattrs">;

export function textFile(path: string, text: string, owner: Owner = {}): TreeEntry {
  const bytes = Buffer.from(text, "utf8");
  return { ...owner, path, kind: "file", sizeBytes: bytes.length, content: () => [bytes] };
}

export function directory(path: string, owner: Owner = {}): TreeEntry {
  return { ...owner, path, kind: "directory" };
}
