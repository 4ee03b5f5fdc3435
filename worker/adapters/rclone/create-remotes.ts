import { Readable } from "node:stream";
import { z } from "zod";
import { AppError, ToolError } from "@/lib/domain/errors";
import type { RemoteEntry, RemoteObject, RemoteSpace, Remotes } from "../../ports";
import { describeFailure, isAboutMissing, isAboutUnsupported } from "./describe-failure";
import { idleTimeoutMs, type Rclone } from "./rclone";
import { createReadCapabilities } from "./read-capabilities";
import { requirePlace, requireRemotePath } from "./remote-path";

const entrySchema = z.object({
  Path: z.string(),
  Name: z.string(),
  Size: z.number(),
  ModTime: z.string(),
  IsDir: z.boolean(),
  Hashes: z.record(z.string(), z.string()).optional(),
});

const aboutSchema = z.object({ total: z.number(), used: z.number(), free: z.number() }).partial();

/** A server that hashes slower than this while it says nothing is taken for dead. */
const slowestHashBytesPerMs = 20_000;
/** Some WebDAV servers copy on MOVE, and answer only when they are done. */
const moveTimeoutMs = 15 * 60_000;

export function createRemotes(rclone: Rclone): Remotes {
  const capabilities = createReadCapabilities(rclone);

  const listDirectory: Remotes["listDirectory"] = async (folder, options = {}) => {
    const flags = ["--files-only", "--no-mimetype", ...(options.isRecursive ? ["-R", "--fast-list"] : [])];
    // On S3 a modification time costs a request per object.
    if (!options.hasTimes) flags.push("--no-modtime");
    try {
      const { stdout } = await rclone.run(["lsjson", ...flags, "--", requireRemotePath(folder)], options);
      return z.array(entrySchema).parse(JSON.parse(stdout.toString())).map(readEntry);
    } catch (error) {
      if (isAboutMissing(error)) return [];
      throw error;
    }
  };

  const statObject: Remotes["statObject"] = async (path, { signal, hash, sizeBytes = 0 } = {}) => {
    // SFTP says nothing while the server hashes, and rclone ends a silent connection.
    const timeoutMs = idleTimeoutMs + (hash ? Math.ceil(sizeBytes / slowestHashBytesPerMs) : 0);
    const flags = ["--stat", "--no-mimetype", ...(hash ? ["--hash", `--hash-type=${hash}`] : [])];
    try {
      const { stdout } = await rclone.run(
        ["lsjson", `--timeout=${timeoutMs}ms`, ...flags, "--", requireRemotePath(path)],
        { signal },
      );
      const entry = entrySchema.parse(JSON.parse(stdout.toString()));
      // Object stores answer for any name: what holds no object is a folder that might be.
      return entry.IsDir ? undefined : readObject(entry);
    } catch (error) {
      if (isAboutMissing(error)) return undefined;
      throw error;
    }
  };

  const deleteObject: Remotes["deleteObject"] = async (path, options = {}) => {
    try {
      await rclone.run(["deletefile", "--", requireRemotePath(path)], options);
      return "deleted";
    } catch (error) {
      // "is a directory or doesn't exist": only a second look tells which.
      if (isAboutMissing(error) && (await statObject(path, options)) === undefined) return "was_missing";
      throw error;
    }
  };

  const remotes: Remotes = {
    capabilities,
    listDirectory,
    statObject,
    deleteObject,
    readObject: (path, { signal, offsetBytes = 0, countBytes } = {}) => {
      const range = [`--offset=${offsetBytes}`, ...(countBytes === undefined ? [] : [`--count=${countBytes}`])];
      const output = rclone.stream(["cat", ...range, "--", requireRemotePath(path)], { signal, background: true });
      const whole = refuseEmptiness(output, async () => {
        if ((await statObject(path, { signal })) === undefined) throw noSuchObject(path);
      });
      return Readable.from(whole, { objectMode: false });
    },
    writeObject: async (path, content, options = {}) => {
      await rclone.run(["rcat", `--streaming-upload-cutoff=${content.length + 1}B`, "--", requireRemotePath(path)], {
        ...options,
        input: content,
      });
    },
    copyObject: async (from, to, options = {}) => {
      await rclone.run(["copyto", "--ignore-times", "--", requirePlace(from), requireRemotePath(to)], options);
    },
    moveObject: async (from, to, options = {}) => {
      const flags = ["--ignore-times", `--timeout=${moveTimeoutMs}ms`];
      await rclone.run(["moveto", ...flags, "--", requireRemotePath(from), requireRemotePath(to)], options);
    },
    about: async (remote, options = {}) => {
      try {
        const { stdout } = await rclone.run(["about", "--json", "--", requireRemotePath(remote)], options);
        return readSpace(stdout.toString());
      } catch (error) {
        if (isAboutUnsupported(error)) return undefined;
        throw error;
      }
    },
  };
  return remotes;
}

function readEntry({ Path, Name, Size, ModTime }: z.infer<typeof entrySchema>): RemoteEntry {
  return { path: Path, name: Name, sizeBytes: Size, ...(ModTime === "" ? {} : { modifiedAt: new Date(ModTime) }) };
}

function readObject({ Size, Hashes = {} }: z.infer<typeof entrySchema>): RemoteObject {
  const { md5, sha256 } = Hashes;
  return { sizeBytes: Size, hashes: { ...(md5 ? { md5 } : {}), ...(sha256 ? { sha256 } : {}) } };
}

function readSpace(json: string): RemoteSpace {
  const { total, used, free } = aboutSchema.parse(JSON.parse(json));
  return {
    ...(total === undefined ? {} : { totalBytes: total }),
    ...(used === undefined ? {} : { usedBytes: used }),
    ...(free === undefined ? {} : { freeBytes: free }),
  };
}

/**
 * rclone takes a name that holds no object for a folder and prints its files, of which there are none: exit 0, no byte.
 * So a stream without a byte is looked into before it is believed.
 */
async function* refuseEmptiness(source: Readable, check: () => Promise<void>): AsyncGenerator<Buffer> {
  let isEmpty = true;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      isEmpty = false;
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ToolError ? describeFailure(error) : error;
  }
  if (isEmpty) await check();
}

function noSuchObject(path: string): AppError {
  return new AppError("not_found", `There is no ${path}.`);
}
