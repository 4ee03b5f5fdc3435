import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type LabRemotes, startRemotes } from "@/lab/remotes/start-remotes";
import type { Remotes } from "../../ports";
import { createRemotes } from "./create-remotes";
import { createRclone } from "./rclone";

const names = ["labsftp", "labdav", "labs3"] as const;
const content = randomBytes(300_000);
const md5 = createHash("md5").update(content).digest("hex");
let directory: string;
let lab: LabRemotes;
let remotes: Remotes;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-rclone-"));
  lab = await startRemotes({ directory });
  remotes = remotesWith(lab.rcloneConfigPath);
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

function remotesWith(configPath: string): Remotes {
  return createRemotes(createRclone({ configPath, stateDirectory: directory }));
}

async function read(path: string, range = {}): Promise<Buffer> {
  return Buffer.concat(await remotes.readObject(path, range).toArray());
}

describe("capabilities", () => {
  it("tells the three kinds of remotes apart by what they can do", async () => {
    expect(await remotes.capabilities("labsftp:undercroft")).toEqual({
      backendType: "sftp",
      hashes: ["md5", "sha1"],
      isHashedOnRead: true,
      isAtomicPut: false,
      canMove: true,
    });
    expect(await remotes.capabilities("labdav:")).toMatchObject({ backendType: "webdav", hashes: [], canMove: true });
    expect(await remotes.capabilities("labs3:")).toMatchObject({
      backendType: "s3",
      hashes: ["md5"],
      isHashedOnRead: false,
      isAtomicPut: true,
    });
  });
});

describe.each(names)("objects on %s", (remote) => {
  const base = `${remote}:undercroft/pve1`;

  it.each(["-rf", "--config=x:y", "$(touch x) `id` ; rm * quote\"'<img src=x>", "Büro 😀 %41 … "])(
    "are written, read, moved and deleted under the name %j",
    async (name) => {
      const path = `${base}/${name}`;
      await remotes.writeObject(path, content);

      expect(await remotes.listDirectory(base)).toEqual([{ path: name, name, sizeBytes: 300_000 }]);
      expect((await read(path)).equals(content)).toBe(true);
      await remotes.moveObject(path, `${base}/moved ${name}`);
      expect(await remotes.statObject(path)).toBeUndefined();
      expect(await remotes.deleteObject(`${base}/moved ${name}`)).toBe("deleted");
      expect(await remotes.listDirectory(base)).toEqual([]);
    },
  );

  it("give any range of their bytes", async () => {
    await remotes.writeObject(`${base}/ranges`, content);
    expect(await read(`${base}/ranges`, { offsetBytes: 1000, countBytes: 24 })).toEqual(content.subarray(1000, 1024));
    expect((await read(`${base}/ranges`, { offsetBytes: 299_990 })).length).toBe(10);
    await remotes.deleteObject(`${base}/ranges`);
  });

  it("may be empty, and are not taken for missing then", async () => {
    await remotes.writeObject(`${base}/empty`, Buffer.alloc(0));
    expect(await read(`${base}/empty`)).toEqual(Buffer.alloc(0));
    await remotes.deleteObject(`${base}/empty`);
  });

  it("that are not there are undefined, an error, or nothing to delete, and their folder is empty", async () => {
    for (const path of [`${base}/none`, `${remote}:undercroft/no-such-folder/none`]) {
      expect(await remotes.statObject(path, { hash: "md5" })).toBeUndefined();
      await expect(read(path)).rejects.toMatchObject({ code: "not_found" });
      expect(await remotes.deleteObject(path)).toBe("was_missing");
    }
    expect(await remotes.listDirectory(`${remote}:undercroft/no-such-folder`)).toEqual([]);
  });

  it("do not go when their folder's name is given", async () => {
    await remotes.writeObject(`${base}/folder/kept`, content);
    await remotes.deleteObject(`${base}/folder`).catch(() => undefined);
    expect((await remotes.listDirectory(base, { isRecursive: true })).map(({ path }) => path)).toEqual(["folder/kept"]);
    await remotes.deleteObject(`${base}/folder/kept`);
  });

  it("cannot be reached while the remote is down, and that is said", async () => {
    await lab.setUp(remote, false);
    const refused = { code: "remote_unreachable", message: expect.stringContaining("connection refused") };
    await expect(remotes.listDirectory(base)).rejects.toMatchObject(refused);
    await expect(remotes.statObject(`${base}/x`)).rejects.toMatchObject(refused);
    await expect(read(`${base}/x`)).rejects.toMatchObject(refused);
    await expect(remotes.deleteObject(`${base}/x`)).rejects.toMatchObject(refused);
    await lab.setUp(remote, true);
  });

  it("are refused to a wrong password, and that is said without it", async () => {
    const configPath = join(directory, `wrong-${remote}.conf`);
    const config = readFileSync(lab.rcloneConfigPath, "utf8");
    const wrong = config
      .replace(/^pass = .*$/gm, "pass = PmI8W2nwPjg0yT3ORzbCKKjSLg")
      .replace(/^(secret_access_key = ).*$/m, "$1not-the-secret");
    writeFileSync(configPath, wrong, { mode: 0o600 });

    const failure = remotesWith(configPath).listDirectory(base);

    await expect(failure).rejects.toMatchObject({ code: "remote_auth_failed" });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining("not-the-secret") });
  });
});

describe("hashes", () => {
  it("are computed from the stored bytes on SFTP, and are those of the upload on S3", async () => {
    for (const remote of ["labsftp", "labs3"]) {
      await remotes.writeObject(`${remote}:undercroft/hashed`, content);
      expect((await remotes.statObject(`${remote}:undercroft/hashed`, { hash: "md5" }))?.hashes).toEqual({ md5 });
    }

    const rotten = Buffer.from(content);
    rotten[7] = ~(rotten[7] ?? 0) & 0xff;
    writeFileSync(join(lab.folders.labsftp, "undercroft", "hashed"), rotten);

    const found = await remotes.statObject("labsftp:undercroft/hashed", { hash: "md5" });
    expect(found?.hashes.md5).toBe(createHash("md5").update(rotten).digest("hex"));
    await remotes.deleteObject("labsftp:undercroft/hashed");
    await remotes.deleteObject("labs3:undercroft/hashed");
  });

  it("are left out where the backend has none", async () => {
    await remotes.writeObject("labdav:undercroft/unhashed", content);
    expect(await remotes.statObject("labdav:undercroft/unhashed", { hash: "md5" })).toEqual({
      sizeBytes: 300_000,
      hashes: {},
    });
    await remotes.deleteObject("labdav:undercroft/unhashed");
  });
});

describe("about", () => {
  it("tells the space of a remote that knows it, and nothing of one that does not", async () => {
    const space = await remotes.about("labsftp:undercroft");
    expect(space?.freeBytes).toBeGreaterThan(0);
    expect(space?.totalBytes).toBeGreaterThan(space?.freeBytes ?? 0);
    expect(await remotes.about("labs3:undercroft")).toBeUndefined();
  });
});

describe("a full remote", () => {
  it("is called full", async () => {
    await lab.setFaults("labs3", [{ on: "put", status: 507, code: "QuotaExceeded" }]);
    const failure = remotes.writeObject("labs3:undercroft/x", content);
    await expect(failure).rejects.toMatchObject({ code: "remote_full" });
    await lab.setFaults("labs3", []);
  });
});

describe("a cancelled call", () => {
  it("ends rclone and says so", async () => {
    await lab.setFaults("labs3", [{ on: "any", hang: true }]);
    const failure = remotes.listDirectory("labs3:undercroft", { signal: AbortSignal.timeout(300) });
    await expect(failure).rejects.toMatchObject({ code: "canceled" });
    await lab.setFaults("labs3", []);
  });
});
