import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabRemotes, startRemotes } from "@/lab/remotes/start-remotes";
import { indexName, manifestName, notesName } from "@/lib/domain/manifest";
import { createRemotes } from "../adapters/rclone/create-remotes";
import { createTransfers } from "../adapters/rclone/create-transfers";
import { createRclone } from "../adapters/rclone/rclone";
import type { CopyOrder, ListCopies, PublishCopy, Remotes, RemoveCopy, TestRow, Transfers, VerifyCopy } from "../ports";
import { inflightFolder } from "./copy-paths";
import { createListCopies } from "./inspect-destination";
import { createPublishCopy } from "./publish-copy";
import { createRemoveCopy } from "./remove-copy";
import { createSweepInflight } from "./sweep-inflight";
import { createTestRemote } from "./test-remote";
import { createVerifyCopy } from "./verify-copy";

const remoteNames = ["labsftp", "labdav", "labs3"] as const;
const name = "vzdump-lxc-101-2026_03_01-02_00_00.tar.zst";
const content = randomBytes(400_000);
const rotten = Buffer.from(content).fill(0, 7, 17);
const manifestText = JSON.stringify({ archiveName: name });
const archive = { name, sizeBytes: content.length, sha256: hash("sha256", content), md5: hash("md5", content) };
const signal = new AbortController().signal;
let directory: string;
let lab: LabRemotes;
let remotes: Remotes;
let transfers: Transfers;
let publishCopy: PublishCopy;
let verifyCopy: VerifyCopy;
let removeCopy: RemoveCopy;
let listCopies: ListCopies;
let folderCount = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-verify-"));
  lab = await startRemotes({ directory: join(directory, "remotes") });
  const rclone = createRclone({ configPath: lab.rcloneConfigPath, stateDirectory: join(directory, "state") });
  remotes = createRemotes(rclone);
  transfers = createTransfers(rclone);
  publishCopy = createPublishCopy({ remotes, transfers });
  verifyCopy = createVerifyCopy({ remotes });
  removeCopy = createRemoveCopy({ remotes });
  listCopies = createListCopies({ remotes });
  mkdirSync(join(directory, "dump"));
  for (const [file, bytes] of [
    [name, content],
    [indexName(name), "index"],
    [notesName(name), "notes"],
  ] as const) {
    writeFileSync(join(directory, "dump", file), bytes);
  }
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

function hash(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

/** A published copy in a folder of its own. */
async function published(remote: string): Promise<CopyOrder> {
  folderCount += 1;
  const order: CopyOrder = {
    stepId: `step-${folderCount}`,
    attempt: 1,
    archive,
    source: { kind: "local", directory: join(directory, "dump") },
    destination: { remote: `${remote}:undercroft/${folderCount}`, nodeName: "pve1" },
    manifestText,
    limitKibPerSecond: 0,
  };
  await publishCopy(order, { signal, onProgress: () => undefined, onLine: () => undefined });
  return order;
}

const pathOf = ({ destination }: CopyOrder, file = name) => `${destination.remote}/pve1/${file}`;

function verify({ destination }: CopyOrder, isReadBack = false) {
  return verifyCopy({ destination, archive, manifestText, isReadBack }, { signal, onProgress: () => undefined });
}

describe("verifying a copy", () => {
  it.each([
    ["labsftp", "server_hash"],
    ["labdav", "download"],
    ["labs3", "ingest_hash"],
  ])("on %s uses the strongest check it offers and says which: %s", async (remote, verifiedBy) => {
    const order = await published(remote);
    expect(await verify(order)).toEqual({
      verifiedBy,
      proof: "P2",
      evidence: expect.stringContaining(verifiedBy === "download" ? archive.sha256 : archive.md5),
    });
    expect(await verify(order, true)).toMatchObject({ verifiedBy: "download" });
  });

  it.each(["labsftp", "labdav"])("finds ten bytes that rotted on %s", async (remote) => {
    const order = await published(remote);
    const folder = remote === "labsftp" ? lab.folders.labsftp : lab.folders.labdav;
    writeFileSync(join(folder, pathOf(order).split(":")[1] ?? ""), rotten);

    await expect(verify(order)).rejects.toMatchObject({ code: "copy_corrupt" });
  });

  it("cannot see by an ingest hash what rotted on S3 since the upload, and sees it by reading back", async () => {
    await lab.setFaults("labs3", [{ on: "put", keyIncludes: ".tar.zst", times: 1, flipByteAt: 123_456 }]);
    const order = await published("labs3");
    await lab.setFaults("labs3", []);

    expect(await verify(order)).toMatchObject({ verifiedBy: "ingest_hash" });
    await expect(verify(order, true)).rejects.toMatchObject({ code: "copy_corrupt" });

    const follow = { signal, onProgress: () => undefined, onLine: () => undefined };
    expect(await publishCopy({ ...order, attempt: 2 }, follow)).toMatchObject({ wasThere: true });
    expect(await publishCopy({ ...order, attempt: 3, isReplacement: true }, follow)).toMatchObject({ wasThere: false });
    expect(await verify(order, true)).toMatchObject({ verifiedBy: "download" });
  });

  it.each(remoteNames)(
    "does not take for a copy on %s what has a wrong size, no manifest, or another's",
    async (remote) => {
      const order = await published(remote);

      await remotes.writeObject(pathOf(order, manifestName(name)), Buffer.from("another"));
      await expect(verify(order)).rejects.toMatchObject({
        code: "copy_corrupt",
        message: expect.stringContaining("another"),
      });
      await remotes.deleteObject(pathOf(order, manifestName(name)));
      await expect(verify(order)).rejects.toMatchObject({
        code: "copy_corrupt",
        message: expect.stringContaining("no manifest"),
      });

      await remotes.writeObject(pathOf(order, manifestName(name)), Buffer.from(manifestText));
      await remotes.writeObject(pathOf(order), content.subarray(0, 300_000));
      await expect(verify(order)).rejects.toMatchObject({ message: expect.stringContaining("300000 bytes there") });
      await remotes.deleteObject(pathOf(order));
      await expect(verify(order)).rejects.toMatchObject({ message: expect.stringContaining("There is no") });
    },
  );

  it("does not call a copy corrupt that it could not reach", async () => {
    const order = await published("labdav");
    await lab.setUp("labdav", false);
    await expect(verify(order)).rejects.toMatchObject({ code: "remote_unreachable" });
    await lab.setUp("labdav", true);
  });
});

describe("removing a copy", () => {
  it.each(remoteNames)("takes all of it from %s and nothing else, and may be repeated", async (remote) => {
    const order = await published(remote);
    const neighbours = ["vzdump-lxc-101-2026_03_02-02_00_00.tar.zst", "family photos.tar", `${name}.unknown`];
    for (const neighbour of neighbours) await remotes.writeObject(pathOf(order, neighbour), Buffer.from("kept"));

    await removeCopy({ destination: order.destination, archiveName: name }, signal);
    await removeCopy({ destination: order.destination, archiveName: name }, signal);

    const left = await remotes.listDirectory(order.destination.remote, { isRecursive: true });
    expect(left.map((entry) => entry.name).sort()).toEqual(neighbours.toSorted());
  });

  it("begins with the manifest, so that half-way it is no copy any more", async () => {
    const order = await published("labsftp");
    const deleted: string[] = [];
    const dying: Remotes = {
      ...remotes,
      deleteObject: async (path) => {
        if (deleted.length === 1) throw new Error("died");
        deleted.push(path);
        return remotes.deleteObject(path);
      },
    };
    const removal = createRemoveCopy({ remotes: dying })({ destination: order.destination, archiveName: name }, signal);
    await expect(removal).rejects.toThrow("died");
    expect(deleted).toEqual([pathOf(order, manifestName(name))]);
    expect(await listCopies(order.destination, signal)).toEqual(new Map([[name, content.length]]));
  });

  it.each(["family photos.tar", "../x", "vzdump-lxc-101-2026_13_01-02_00_00.tar.zst", "*", ""])(
    "refuses what is not named as ours: %j",
    async (archiveName) => {
      const removal = removeCopy(
        { destination: { remote: "labsftp:undercroft", nodeName: "pve1" }, archiveName },
        signal,
      );
      await expect(removal).rejects.toMatchObject({ code: "invalid_input" });
    },
  );
});

describe("listing copies", () => {
  it("tells archives from foreign files, and never answers short", async () => {
    const order = await published("labdav");
    await remotes.writeObject(pathOf(order, "family photos.tar"), Buffer.from("x"));
    const host = "undercroft-host-pve1-2026_03_01-02_00_00.tar.zst";
    await remotes.writeObject(pathOf(order, host), Buffer.from("host"));

    expect(await listCopies(order.destination, signal)).toEqual(
      new Map([
        [name, content.length],
        [host, 4],
      ]),
    );
    await lab.setUp("labdav", false);
    await expect(listCopies(order.destination, signal)).rejects.toMatchObject({ code: "remote_unreachable" });
    await lab.setUp("labdav", true);
  });
});

describe("sweeping what was left in flight", () => {
  it("removes old uploads of ours, and neither young ones nor anybody else's nor a known transfer's", async () => {
    const remote = "labsftp:undercroft/sweep";
    const folder = inflightFolder(remote);
    const known = "vzdump-qemu-7777-2026_03_01-02_00_00.vma.zst";
    const files = [`${name}.a-1.part`, `${manifestName(name)}.a-1.part`, `${known}.b-1.part`, "holiday.part", "x.txt"];
    for (const file of files) await remotes.writeObject(`${folder}/${file}`, Buffer.from("x"));
    const record = {
      transferId: "b-1",
      subject: `${remote}/pve1/${known}`,
      to: "",
      isRunning: false,
      startedAt: new Date(),
    };
    const sweep = createSweepInflight({ remotes, transfers: { ...transfers, listTransfers: async () => [record] } });

    const minute = 60_000;
    expect(await sweep(remote, { before: new Date(Date.now() - minute), signal })).toEqual([]);
    expect((await sweep(remote, { before: new Date(Date.now() + minute), signal })).sort()).toEqual(
      files.slice(0, 2).sort(),
    );

    const left = await remotes.listDirectory(folder);
    expect(left.map((entry) => entry.name).sort()).toEqual(files.slice(2).sort());
  });
});

describe("testing a remote", () => {
  const texts = (rows: TestRow[]) => Object.fromEntries(rows.map((row) => [row.name, row.text]));

  it.each([
    ["labsftp", { Hash: "ok", Rename: "ok" }],
    ["labdav", { Hash: "not offered here", Rename: "ok" }],
    ["labs3", { Hash: "ok", Rename: "not needed here", "Free space": "not told by this remote" }],
  ])("does on %s what a backup does, and leaves nothing", async (remote, expected) => {
    const rows = await createTestRemote({ remotes })(`${remote}:undercroft/tested`, signal);

    expect(texts(rows)).toMatchObject({
      Connect: "ok",
      "Write 1 MiB": "ok",
      "Read back": "ok",
      Delete: "ok",
      ...expected,
    });
    expect(rows.every((row) => row.isOk && row.durationMs >= 0)).toBe(true);
    expect(await remotes.listDirectory(`${remote}:undercroft/tested`)).toEqual([]);
  });

  it("tells in the remote's words what does not work", async () => {
    await lab.setFaults("labs3", [{ on: "put", status: 507, code: "QuotaExceeded" }]);
    const rows = await createTestRemote({ remotes })("labs3:undercroft", signal);
    await lab.setFaults("labs3", []);

    expect(rows.at(-1)).toMatchObject({
      name: "Write 1 MiB",
      isOk: false,
      text: expect.stringContaining("QuotaExceeded"),
    });
  });
});
