import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabRemotes, startRemotes } from "@/lab/remotes/start-remotes";
import { AppError } from "@/lib/domain/errors";
import { manifestName } from "@/lib/domain/manifest";
import { killCount } from "@/lib/testing/kill-count";
import { signalGroup } from "../adapters/command/process-identity";
import { createRemotes } from "../adapters/rclone/create-remotes";
import { createTransfers } from "../adapters/rclone/create-transfers";
import { createRclone } from "../adapters/rclone/rclone";
import type { CopyOrder, PublishCopy, Remotes } from "../ports";
import { createPublishCopy } from "./publish-copy";

/** So many kills at each remote; 40 when it is asked for by hand: `KILLS=40 npm run test:integration -- kill-rclone`. */
const kills = killCount();
const sizeBytes = 6 * 1024 * 1024;
const limitKibPerSecond = 8 * 1024;
/** The upload takes three quarters of a second at that limit; the rest is before it and after it. */
const longestDelayMs = 1_600;

let directory: string;
let lab: LabRemotes;
let remotes: Remotes;
let publishCopy: PublishCopy;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-kill-"));
  mkdirSync(join(directory, "dump"));
  lab = await startRemotes({ directory: join(directory, "remotes") });
  const rclone = createRclone({ configPath: lab.rcloneConfigPath, stateDirectory: join(directory, "state") });
  remotes = createRemotes(rclone);
  publishCopy = createPublishCopy({ remotes, transfers: createTransfers(rclone) });
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

const hashed = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");

/** A fresh archive under a name of its own, with the order that copies it. */
function orderOf(remote: string, number: number): { order: CopyOrder; content: Buffer } {
  const content = randomBytes(sizeBytes);
  const name = `vzdump-lxc-101-2026_03_01-02_${String(Math.floor(number / 60)).padStart(2, "0")}_${String(number % 60).padStart(2, "0")}.tar.zst`;
  writeFileSync(join(directory, "dump", name), content);
  const archive = { name, sizeBytes, sha256: hashed("sha256", content), md5: hashed("md5", content) };
  return {
    content,
    order: {
      stepId: `step-${remote}-${number}`,
      attempt: 1,
      archive,
      source: { kind: "local", directory: join(directory, "dump") },
      destination: { remote: `${remote}:undercroft`, nodeName: "pve1" },
      manifestText: `${JSON.stringify(archive)}\n`,
      limitKibPerSecond,
    },
  };
}

const follow = () => ({ signal: new AbortController().signal, onProgress: () => undefined, onLine: () => undefined });

/** Our rclone processes at this moment; the servers of the remotes have another configuration. */
function rcloneProcesses(): number[] {
  const ours = `RCLONE_CONFIG=${lab.rcloneConfigPath}\0`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(ours))
    .map(Number);
}

/** Empty when the process is over or somebody else's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

/** Kills what rclone does from a moment on: an upload, a check, a move or the manifest. False when all was over by then. */
async function killFrom(momentMs: number, isOver: () => boolean): Promise<boolean> {
  await sleep(momentMs);
  while (!isOver()) {
    const running = rcloneProcesses();
    for (const pid of running) signalGroup(pid, "SIGKILL");
    if (running.length > 0) return true;
    await sleep(5);
  }
  return false;
}

async function readWhole(path: string): Promise<Buffer> {
  return Buffer.concat(await remotes.readObject(path).toArray());
}

async function looksComplete(folder: string, { archive, manifestText }: CopyOrder): Promise<boolean> {
  const names = new Map((await remotes.listDirectory(folder)).map((entry) => [entry.name, entry.sizeBytes]));
  if (!names.has(manifestName(archive.name)) || names.get(archive.name) !== archive.sizeBytes) return false;
  return (await readWhole(`${folder}/${manifestName(archive.name)}`)).toString() === manifestText;
}

describe.each(["labsftp", "labdav", "labs3"])("rclone killed at any moment of a copy to %s", (remote) => {
  it("leaves no copy that looks complete and is wrong, and none is left over after the retry", async () => {
    const folder = `${remote}:undercroft/pve1`;
    const seen = { killed: 0, completeAtOnce: 0 };
    for (let number = 0; number < kills; number += 1) {
      const { order, content } = orderOf(remote, number);
      let isOver = false;
      const publishing = publishCopy(order, follow())
        .catch((error: unknown) => expect(error).toBeInstanceOf(AppError))
        .finally(() => {
          isOver = true;
        });
      // Random on purpose: the moments that nobody thought of are the ones to be tried.
      if (await killFrom(Math.random() * longestDelayMs, () => isOver)) seen.killed += 1;
      await publishing;

      if (await looksComplete(folder, order)) {
        seen.completeAtOnce += 1;
        expect((await readWhole(`${folder}/${order.archive.name}`)).equals(content)).toBe(true);
      }
      await publishCopy({ ...order, attempt: 2, limitKibPerSecond: 0 }, follow());
      expect((await readWhole(`${folder}/${order.archive.name}`)).equals(content)).toBe(true);
      expect(await looksComplete(folder, order)).toBe(true);
    }
    const left = await remotes.listDirectory(`${remote}:undercroft`, { isRecursive: true });
    expect(left.filter(({ path }) => !path.startsWith("pve1/"))).toEqual([]);
    expect(left).toHaveLength(kills * 2);
    expect(seen.killed).toBeGreaterThan(0);
  }, 900_000);
});
