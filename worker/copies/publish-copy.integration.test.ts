import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabRemotes, startRemotes } from "@/lab/remotes/start-remotes";
import { AppError } from "@/lib/domain/errors";
import { indexName, manifestName, notesName } from "@/lib/domain/manifest";
import { createRemotes } from "../adapters/rclone/create-remotes";
import { createTransfers } from "../adapters/rclone/create-transfers";
import { createRclone } from "../adapters/rclone/rclone";
import type { CopyOrder, Follow, PublishCopy, Remotes, Transfers } from "../ports";
import { createPublishCopy } from "./publish-copy";

const remoteNames = ["labsftp", "labdav", "labs3"] as const;
const name = "vzdump-lxc-101-2026_03_01-02_00_00.tar.zst";
const content = randomBytes(1_500_000);
const spoilt = Buffer.from(content).fill(0, 1_000_000, 1_000_016);
const beside = { [indexName(name)]: randomBytes(5_000), [notesName(name)]: Buffer.from("line one\n<b>$(two)</b>") };
let directory: string;
let lab: LabRemotes;
let remotes: Remotes;
let transfers: Transfers;
let publishCopy: PublishCopy;
let folderCount = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-publish-"));
  lab = await startRemotes({ directory: join(directory, "remotes") });
  remotes = remotesWith(lab.rcloneConfigPath);
  transfers = createTransfers(rcloneWith(lab.rcloneConfigPath));
  publishCopy = createPublishCopy({ remotes, transfers });
  mkdirSync(join(directory, "dump"));
  for (const [file, bytes] of Object.entries({ ...beside, [name]: content })) {
    writeFileSync(join(directory, "dump", file), bytes);
  }
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

function rcloneWith(configPath: string) {
  return createRclone({ configPath, stateDirectory: join(directory, "state") });
}

function remotesWith(configPath: string): Remotes {
  return createRemotes(rcloneWith(configPath));
}

/** An order of its own folder at a remote, so that no test meets what another left. */
function orderTo(remote: string, changes: Partial<CopyOrder> = {}): CopyOrder {
  folderCount += 1;
  const archive = { name, sizeBytes: content.length, sha256: hash("sha256", content), md5: hash("md5", content) };
  return {
    stepId: `step-${folderCount}`,
    attempt: 1,
    archive,
    source: { kind: "local", directory: join(directory, "dump") },
    destination: { remote: `${remote}:undercroft/${folderCount}`, nodeName: "pve1" },
    manifestText: JSON.stringify({ ...archive, note: `copy ${folderCount}, ü` }),
    limitKibPerSecond: 0,
    ...changes,
  };
}

const nextAttempt = (order: CopyOrder): CopyOrder => ({ ...order, attempt: order.attempt + 1 });

function follow(changes: Partial<Follow> = {}): Follow {
  return { signal: new AbortController().signal, onProgress: () => undefined, onLine: () => undefined, ...changes };
}

function hash(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

async function read(path: string): Promise<Buffer> {
  return Buffer.concat(await remotes.readObject(path).toArray());
}

async function pathsAt({ destination }: CopyOrder): Promise<string[]> {
  const entries = await remotes.listDirectory(destination.remote, { isRecursive: true });
  return entries.map(({ path }) => path).sort();
}

/** The archive, its manifest and what lies beside it, all as they were sent, and nothing else at all. */
async function expectWhole(order: CopyOrder): Promise<void> {
  const folder = `${order.destination.remote}/pve1`;
  const expected = { ...beside, [name]: content, [manifestName(name)]: Buffer.from(order.manifestText) };
  expect(await pathsAt(order)).toEqual(
    Object.keys(expected)
      .map((file) => `pve1/${file}`)
      .sort(),
  );
  for (const [file, bytes] of Object.entries(expected)) {
    expect([file, (await read(`${folder}/${file}`)).equals(bytes)]).toEqual([file, true]);
  }
}

/** What must hold at any moment: where a manifest is seen, ours or that of before, the archive beside it is what it says. */
async function expectNoLie(order: CopyOrder): Promise<"whole" | "older" | "none"> {
  const folder = `${order.destination.remote}/pve1`;
  const manifest = (await readIfThere(`${folder}/${manifestName(name)}`))?.toString();
  if (manifest === undefined) return "none";
  const isOlder = manifest === "older";
  expect(isOlder || manifest === order.manifestText).toBe(true);
  expect((await read(`${folder}/${name}`)).equals(isOlder ? spoilt : content)).toBe(true);
  return isOlder ? "older" : "whole";
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return undefined;
    throw error;
  }
}

/** Puts other bytes of the same length in the place of a copy, by the remote's own means. */
async function spoil(order: CopyOrder): Promise<void> {
  await remotes.writeObject(`${order.destination.remote}/pve1/${name}`, spoilt);
}

describe.each(remoteNames)("a copy to %s", (remote) => {
  it("is whole, with what lies beside the archive, and is not sent again when it is there", async () => {
    const order = orderTo(remote);

    expect(await publishCopy(order, follow())).toEqual({
      path: `${order.destination.remote}/pve1/${name}`,
      wasThere: false,
    });
    await expectWhole(order);
    expect(await publishCopy(nextAttempt(order), follow())).toMatchObject({ wasThere: true });
    await expectWhole(order);
    expect(await transfers.listTransfers()).toEqual([]);
  });

  it("is sent again when other bytes of the same size lie there, under the right manifest", async () => {
    const order = orderTo(remote);
    await publishCopy(order, follow());
    await spoil(order);

    expect(await publishCopy(nextAttempt(order), follow())).toMatchObject({ wasThere: false });

    await expectWhole(order);
  });

  it("gets its new manifest without being sent again, and loses notes that are gone", async () => {
    const order = orderTo(remote);
    await publishCopy(order, follow());
    mkdirSync(join(directory, "without-notes", remote), { recursive: true });
    writeFileSync(join(directory, "without-notes", remote, name), content);
    const resealed = nextAttempt({
      ...order,
      manifestText: "another",
      source: { kind: "local", directory: join(directory, "without-notes", remote) },
    });

    expect(await publishCopy(resealed, follow())).toMatchObject({ wasThere: true });

    expect(await pathsAt(order)).toEqual([`pve1/${name}`, `pve1/${manifestName(name)}`]);
    expect((await read(`${order.destination.remote}/pve1/${manifestName(name)}`)).toString()).toBe("another");
  });

  it("fails with the reason while the remote is down, and is whole by the retry", async () => {
    const order = orderTo(remote);
    await remotes.capabilities(order.destination.remote);
    await lab.setUp(remote, false);
    await expect(publishCopy(order, follow())).rejects.toMatchObject({ code: "remote_unreachable" });
    await lab.setUp(remote, true);

    await publishCopy(nextAttempt(order), follow());

    await expectWhole(order);
  });

  it("leaves nothing behind when it is cancelled half-way", async () => {
    const order = orderTo(remote, { limitKibPerSecond: 1_000 });
    const abort = new AbortController();
    const onProgress = ({ bytesDone }: { bytesDone: number }) => bytesDone > 0 && abort.abort("canceled");

    await expect(publishCopy(order, follow({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
      code: "canceled",
    });

    expect(await pathsAt(order)).toEqual([]);
    expect(await transfers.listTransfers()).toEqual([]);
  });

  it("goes on without its worker and is finished by the next, without a second upload", async () => {
    const order = orderTo(remote, { limitKibPerSecond: 1_000 });
    const abort = new AbortController();
    const onProgress = ({ bytesDone }: { bytesDone: number }) => bytesDone > 0 && abort.abort("interrupted");
    await expect(publishCopy(order, follow({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
      code: "canceled",
    });
    const [running] = await transfers.listTransfers();

    let transferCount = 0;
    const counted: Transfers = {
      ...transfers,
      runTransfer: async (...args) => {
        const end = await transfers.runTransfer(...args);
        transferCount += 1;
        expect(end).toMatchObject({ transferId: running?.transferId, isExitKnown: false });
        return end;
      },
    };
    await createPublishCopy({ remotes, transfers: counted })(nextAttempt(order), follow());

    expect(transferCount).toBe(1);
    await expectWhole(order);
  });
});

describe("a copy that dies", () => {
  class Died extends Error {}

  /** The same ports, except that the nth call is never made: as when the worker is killed just before it. */
  function dyingAt(deadline: number) {
    let calls = 0;
    const mortal = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, property, receiver) => {
          const call = Reflect.get(target, property, receiver) as (...args: unknown[]) => unknown;
          return (...args: unknown[]) => {
            calls += 1;
            if (calls > deadline) throw new Died(`before ${String(property)}`);
            return call(...args);
          };
        },
      });
    const publish = createPublishCopy({ remotes: mortal(remotes), transfers: mortal(transfers) });
    return { publish, calls: () => calls };
  }

  it.concurrent.each(["labsftp", "labs3"])(
    "on %s where another copy was, at any call, tells no lie and is whole by the retry",
    async (remote) => {
      for (let deadline = 0; ; deadline += 1) {
        const order = orderTo(remote);
        await spoil(order);
        await remotes.writeObject(`${order.destination.remote}/pve1/${manifestName(name)}`, Buffer.from("older"));

        const { publish, calls } = dyingAt(deadline);
        const outcome = await publish(order, follow()).catch((error: unknown) => error);
        await expectNoLie(order);
        if (!(outcome instanceof Error)) {
          expect(calls()).toBeGreaterThan(8);
          return;
        }
        expect(outcome).toBeInstanceOf(Died);
        await publishCopy(nextAttempt(order), follow());
        expect(await pathsAt(order)).toHaveLength(4);
        expect(await expectNoLie(order)).toBe("whole");
        expect(
          (await transfers.listTransfers()).filter(({ subject }) => subject.startsWith(order.destination.remote)),
        ).toEqual([]);
      }
    },
    180_000,
  );

  it("after its upload was whole is finished without another one", async () => {
    const order = orderTo("labdav");
    const dying = createPublishCopy({
      remotes: {
        ...remotes,
        moveObject: () => Promise.reject(new Died()),
      },
      transfers,
    });
    await expect(dying(order, follow())).rejects.toBeInstanceOf(Died);

    const noTransfers: Transfers = { ...transfers, runTransfer: () => Promise.reject(new Error("sent again")) };
    await createPublishCopy({ remotes, transfers: noTransfers })(nextAttempt(order), follow());

    await expectWhole(order);
  });
});

describe("a copy from another remote", () => {
  it("brings the archive and what lies beside it", async () => {
    const first = orderTo("labsftp");
    await publishCopy(first, follow());
    const second = orderTo("labs3", { source: { kind: "remote", ...first.destination } });

    await publishCopy(second, follow());

    await expectWhole(second);
  });
});

describe("a remote that refuses", () => {
  it("for want of space is said to be full, and is not tried again and again", async () => {
    const order = orderTo("labs3");
    await lab.setFaults("labs3", [{ on: "put", status: 507, code: "QuotaExceeded" }]);
    const failure = publishCopy(order, follow());
    await expect(failure).rejects.toMatchObject({ code: "remote_full" });
    await lab.setFaults("labs3", []);
    expect(await pathsAt(order)).toEqual([]);
  });

  it("a wrong password is said to do so", async () => {
    const configPath = join(directory, "wrong.conf");
    const config = readFileSync(lab.rcloneConfigPath, "utf8");
    writeFileSync(configPath, config.replace(/^pass = .*$/gm, "pass = PmI8W2nwPjg0yT3ORzbCKKjSLg"), { mode: 0o600 });
    const stranger = createPublishCopy({ remotes: remotesWith(configPath), transfers });

    for (const remote of ["labsftp", "labdav"]) {
      await expect(stranger(orderTo(remote), follow())).rejects.toMatchObject({ code: "remote_auth_failed" });
    }
  });
});

describe("what is no archive of ours", () => {
  it.each(["-rf", "../../etc/passwd", "vzdump-lxc-101-2026_03_01-02_00_00.tar.zst/x", "a:b", "$(id).tar.zst"])(
    "is not copied: %j",
    async (hostile) => {
      const order = orderTo("labsftp");
      const failure = publishCopy({ ...order, archive: { ...order.archive, name: hostile } }, follow());
      await expect(failure).rejects.toMatchObject({ code: "invalid_input" });
    },
  );

  it("nor into a folder that is no node's", async () => {
    const order = orderTo("labsftp");
    const failure = publishCopy({ ...order, destination: { ...order.destination, nodeName: "../x" } }, follow());
    await expect(failure).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("bytes that changed on their way", () => {
  it("are found before the copy gets its name", async () => {
    const order = orderTo("labsftp");
    // The source is not what was sealed: what arrives is right by size and by rclone's own word.
    const source = join(directory, "changing");
    mkdirSync(source);
    const other = Buffer.from(content);
    other.fill(7, 0, 10);
    writeFileSync(join(source, name), other);

    const failure = publishCopy({ ...order, source: { kind: "local", directory: source } }, follow());

    await expect(failure).rejects.toMatchObject({ code: "copy_corrupt" });
    expect(await pathsAt(order)).toEqual([]);
  });
});
