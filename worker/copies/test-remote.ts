import { createHash, randomBytes } from "node:crypto";
import { AppError } from "@/lib/domain/errors";
import type { RemoteCapabilities, Remotes, TestRemote, TestRow } from "../ports";

const testSizeBytes = 1024 * 1024;

/** Does one part; what it returns is the row's text. */
type TimePart = (name: string, work: () => Promise<string>) => Promise<boolean>;

/**
 * Does with 1 MiB at a remote what a backup will do there: write, read back, hash, rename, delete. One row each, with its
 * time and, when it failed, the remote's own words. Does not throw for what the remote does.
 */
export function createTestRemote({ remotes }: { remotes: Remotes }): TestRemote {
  return async (remote, signal) => {
    const rows: TestRow[] = [];
    const time = createPartTimer(rows);
    const folder = remote.endsWith(":") ? remote : `${remote}/`;
    const path = `${folder}.undercroft-test-${randomBytes(6).toString("hex")}`;
    const content = randomBytes(testSizeBytes);

    let capabilities: RemoteCapabilities | undefined;
    const hasConnected = await time("Connect", async () => {
      capabilities = await remotes.capabilities(remote, { signal });
      return "ok";
    });
    if (!hasConnected || !capabilities) return rows;
    const hasWritten = await time("Write 1 MiB", async () => {
      await remotes.writeObject(path, content, { signal });
      return "ok";
    });
    if (hasWritten) await testWritten(remotes, { path, content, capabilities, signal, time });
    return rows;
  };
}

type Written = {
  path: string;
  content: Buffer;
  capabilities: RemoteCapabilities;
  signal: AbortSignal;
  time: TimePart;
};

async function testWritten(remotes: Remotes, { path, content, capabilities, signal, time }: Written): Promise<void> {
  let lastPath = path;
  await time("Read back", async () => {
    const read = Buffer.concat(await remotes.readObject(path, { signal }).toArray());
    if (!read.equals(content)) throw new AppError("copy_corrupt", "What was read back is not what was written.");
    return "ok";
  });
  await time("Hash", async () => {
    if (!capabilities.hashes.includes("md5")) return "not offered here";
    const found = await remotes.statObject(path, { signal, hash: "md5" });
    const md5 = createHash("md5").update(content).digest("hex");
    if (found?.hashes.md5 === md5) return "ok";
    throw new AppError("copy_corrupt", `The remote's MD5 is ${found?.hashes.md5 ?? "missing"}, ours ${md5}.`);
  });
  await time("Rename", async () => {
    if (capabilities.isAtomicPut) return "not needed here";
    if (!capabilities.canMove) return "not offered here";
    await remotes.moveObject(path, `${path}.moved`, { signal });
    lastPath = `${path}.moved`;
    return "ok";
  });
  await time("Free space", async () => {
    const space = await remotes.about(path.slice(0, path.lastIndexOf("/")), { signal });
    return space?.freeBytes === undefined ? "not told by this remote" : `${space.freeBytes} bytes`;
  });
  await time("Delete", async () => {
    // Without the signal: also when the test is given up, nothing of it is to stay.
    await remotes.deleteObject(lastPath);
    return "ok";
  });
}

function createPartTimer(rows: TestRow[]): TimePart {
  return async (name, work) => {
    const startedAtMs = performance.now();
    const note = (isOk: boolean, text: string): boolean => {
      rows.push({ name, isOk, durationMs: Math.round(performance.now() - startedAtMs), text });
      return isOk;
    };
    try {
      return note(true, await work());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return note(false, error.message);
    }
  };
}
