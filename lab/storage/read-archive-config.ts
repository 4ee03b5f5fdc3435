import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

const decompressors: Record<string, { file: string; args: string[] }> = {
  gz: { file: "gzip", args: ["-dc"] },
  tgz: { file: "gzip", args: ["-dc"] },
  zst: { file: "zstd", args: ["-q", "-d", "-c"] },
  lzo: { file: "lzop", args: ["-d", "-c"] },
  bz2: { file: "bzip2", args: ["-dc"] },
};

/** The decompressed bytes of an archive. `close` ends the program behind them, wherever it is. */
export function openArchive(path: string): { bytes: Readable; close: () => void } {
  const program = decompressors[path.split(".").at(-1) ?? ""];
  if (!program) {
    const file = createReadStream(path);
    return { bytes: file, close: () => file.destroy() };
  }
  const child = spawn(program.file, [...program.args, path], { stdio: ["ignore", "pipe", "ignore"] });
  child.once("error", (error) => child.stdout.destroy(error));
  return {
    bytes: child.stdout,
    close: () => {
      child.stdout.destroy();
      child.kill();
    },
  };
}

/** The guest's configuration in an archive, from its first kilobytes. Undefined where there is none. */
export async function readArchiveConfig(path: string): Promise<string | undefined> {
  const isVma = /\.vma(\.\w+)?$/.test(path);
  const { bytes, close } = openArchive(path);
  let head = Buffer.alloc(0);
  try {
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      head = Buffer.concat([head, piece]);
      const config = isVma ? vmaBlob(head, "qemu-server.conf") : tarMember(head, /^\.\/etc\/vzdump\/(pct|vps)\.conf$/);
      if (config !== undefined) return config.toString("utf8");
    }
    return undefined;
  } finally {
    close();
  }
}

const blockBytes = 512;

/** A member near the start of a tar; undefined while it has not been read in full. */
function tarMember(head: Buffer, name: RegExp): Buffer | undefined {
  for (let at = 0; at + blockBytes <= head.length; ) {
    const memberName = head.toString("utf8", at, at + 100).replace(/\0.*$/s, "");
    const sizeBytes = Number.parseInt(head.toString("latin1", at + 124, at + 135), 8) || 0;
    const end = at + blockBytes + sizeBytes;
    if (name.test(memberName)) return end <= head.length ? head.subarray(at + blockBytes, end) : undefined;
    at += blockBytes + Math.ceil(sizeBytes / blockBytes) * blockBytes;
  }
  return undefined;
}

/** A configuration blob of a VMA header (vma_spec.txt); undefined while the header has not been read in full. */
function vmaBlob(head: Buffer, name: string): Buffer | undefined {
  if (head.length < 12_288 || head.length < head.readUInt32BE(56)) return undefined;
  const buffer = head.readUInt32BE(48);
  const blobAt = (offset: number) =>
    head.subarray(buffer + offset + 2, buffer + offset + 2 + head.readUInt16LE(buffer + offset));
  for (let slot = 0; slot < 256; slot++) {
    const nameOffset = head.readUInt32BE(2044 + slot * 4);
    const dataOffset = head.readUInt32BE(3068 + slot * 4);
    if (nameOffset > 0 && blobAt(nameOffset).toString("utf8") === `${name}\0`) return blobAt(dataOffset);
  }
  return undefined;
}
