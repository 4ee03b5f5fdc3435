import { execFile } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type LabRemotes, type RemoteName, startRemotes } from "./start-remotes";

const mebibyte = 1024 * 1024;
const names = ["labsftp", "labdav", "labs3"] as const;
let directory: string;
let remotes: LabRemotes;
let small: Buffer;
let large: Buffer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-remotes-"));
  remotes = await startRemotes({ directory });
  small = writeSource("small", mebibyte);
  large = writeSource("large", 70 * mebibyte);
});

afterEach(async () => {
  await remotes.setFaults("labs3", []);
});

afterAll(async () => {
  await remotes.stop();
  rmSync(directory, { recursive: true, force: true });
});

function writeSource(name: string, sizeBytes: number): Buffer {
  const bytes = randomBytes(sizeBytes);
  writeFileSync(join(directory, name), bytes);
  return bytes;
}

type Ended = { exitCode: number; stdout: Buffer; stderr: string };

function rclone(args: string[], configPath = remotes.rcloneConfigPath): Promise<Ended> {
  const options = {
    env: { PATH: process.env.PATH, RCLONE_CONFIG: configPath } as unknown as NodeJS.ProcessEnv,
    encoding: "buffer" as const,
    maxBuffer: 200 * mebibyte,
  };
  const steady = ["--retries=1", "--low-level-retries=1", "--contimeout=5s", "--timeout=5s"];
  return new Promise((resolve) => {
    execFile("rclone", [...steady, ...args], options, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr: stderr.toString() });
    });
  });
}

async function put(source: "small" | "large", to: string): Promise<Ended> {
  return rclone(["copyto", join(directory, source), to, "--ignore-times"]);
}

async function listed(path: string, ...options: string[]): Promise<string[]> {
  const { stdout } = await rclone(["lsjson", "--no-mimetype", "--no-modtime", "-R", "--files-only", ...options, path]);
  const entries: { Path: string }[] = JSON.parse(stdout.toString());
  return entries.map((entry) => entry.Path).sort();
}

describe("the lab's remotes", () => {
  it.each(names)("store what rclone sends to %s and give it back, whole or in part", async (name) => {
    const path = `${name}:undercroft/pve1/-n: ü.zst`;
    expect((await put("small", path)).exitCode).toBe(0);

    expect((await rclone(["cat", path])).stdout.equals(small)).toBe(true);
    const part = await rclone(["cat", "--offset=1000", "--count=500", path]);
    expect(part.stdout.equals(small.subarray(1000, 1500))).toBe(true);

    expect((await rclone(["moveto", path, `${name}:undercroft/pve2/moved`])).exitCode).toBe(0);
    expect(await listed(`${name}:undercroft`)).toEqual(["pve2/moved"]);
    expect((await rclone(["deletefile", `${name}:undercroft/pve2/moved`])).exitCode).toBe(0);
    expect(await listed(`${name}:undercroft`)).toEqual([]);
  });

  it.each(names)("refuse a wrong password on %s", async (name) => {
    const config = readFileSync(remotes.rcloneConfigPath, "utf8");
    const other = (await rclone(["obscure", "wrong"])).stdout.toString().trim();
    const wrongPath = join(directory, `wrong-${name}.conf`);
    const wrong = config.replace(/^pass = .*$/gm, `pass = ${other}`).replace(/^(secret_access_key = ).*$/m, "$1wrong");
    writeFileSync(wrongPath, wrong, { mode: 0o600 });

    const { exitCode, stderr } = await rclone(["lsjson", `${name}:undercroft`], wrongPath);

    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/unable to authenticate|401 Unauthorized|SignatureDoesNotMatch/);
  });

  it.each(names)("refuse connections to %s while it is down, and have the same files when it is back", async (name) => {
    await put("small", `${name}:undercroft/kept`);

    await remotes.setUp(name, false);
    const down = await rclone(["cat", `${name}:undercroft/kept`]);
    await remotes.setUp(name, true);

    expect(down.stderr).toContain("connection refused");
    expect((await rclone(["cat", `${name}:undercroft/kept`])).stdout.equals(small)).toBe(true);
    await rclone(["deletefile", `${name}:undercroft/kept`]);
  });

  it("keep the rclone configuration valid over a restart", async () => {
    const config = readFileSync(remotes.rcloneConfigPath, "utf8");
    await put("small", "labs3:undercroft/kept");
    await remotes.stop();

    remotes = await startRemotes({ directory });

    expect(readFileSync(remotes.rcloneConfigPath, "utf8").replaceAll(/^pass = .*$/gm, "")).toBe(
      config.replaceAll(/^pass = .*$/gm, ""),
    );
    expect((await rclone(["cat", "labs3:undercroft/kept"])).stdout.equals(small)).toBe(true);
    await rclone(["deletefile", "labs3:undercroft/kept"]);
  });

  it("keep their secrets to themselves", () => {
    for (const name of ["rclone.conf", "accounts.json", "sftp-host-key.pem", "sftp.log", "webdav.log"]) {
      expect([name, statSync(join(directory, name)).mode & 0o077]).toEqual([name, 0]);
    }
    const { labsftp, labdav } = JSON.parse(readFileSync(join(directory, "accounts.json"), "utf8"));
    const commandLines = readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid))
      .map((pid) => readIfThere(`/proc/${pid}/cmdline`));
    expect(commandLines.some((line) => line.includes(directory))).toBe(true);
    expect(commandLines.filter((line) => line.includes(labsftp.password) || line.includes(labdav.password))).toEqual(
      [],
    );
  });

  it.each(["labsftp", "labdav"] as const)("make %s refuse changes, or hang, when asked to", async (name) => {
    await remotes.setFaults(name, { readOnly: true });
    expect((await put("small", `${name}:undercroft/refused`)).exitCode).not.toBe(0);

    await remotes.setFaults(name, { hang: true });
    expect((await rclone(["--timeout=1s", "--contimeout=1s", "lsjson", `${name}:undercroft`])).exitCode).not.toBe(0);

    await remotes.setFaults(name, {});
    expect(await listed(`${name}:undercroft`)).toEqual([]);
  });
});

describe("the S3 server", () => {
  it("stores an upload in parts under the composite ETag that rclone checks", async () => {
    expect(await put("large", "labs3:undercroft/large")).toMatchObject({ exitCode: 0, stderr: "" });

    const { headers } = await signedRequest("HEAD", "/undercroft/large");
    expect(headers.get("etag")).toMatch(/^"[0-9a-f]{32}-5"$/);
    expect(headers.get("content-length")).toBe(String(large.length));
    const acrossParts = await rclone(["cat", `--offset=${16 * mebibyte - 5}`, "--count=10", "labs3:undercroft/large"]);
    expect(acrossParts.stdout).toEqual(large.subarray(16 * mebibyte - 5, 16 * mebibyte + 5));

    expect((await rclone(["moveto", "labs3:undercroft/large", "labs3:undercroft/moved"])).exitCode).toBe(0);
    expect((await rclone(["cat", "labs3:undercroft/moved"])).stdout.equals(large)).toBe(true);
    await rclone(["deletefile", "labs3:undercroft/moved"]);
    expect(readdirSync(join(remotes.folders.labs3, "undercroft", "segments"))).toEqual([]);
  });

  it.each(["put", "part"] as const)("shows nothing of an upload that broke off (%s)", async (on) => {
    await remotes.setFaults("labs3", [{ on, cutAtBytes: 300_000 }]);

    const { exitCode } = await put(on === "put" ? "small" : "large", "labs3:undercroft/cut");

    expect(exitCode).not.toBe(0);
    expect(await listed("labs3:undercroft")).toEqual([]);
  });

  it("lists an upload that was left behind, and forgets it on request", async () => {
    const { text } = await signedRequest("POST", "/undercroft/left?uploads=");
    const uploads = await rclone(["backend", "list-multipart-uploads", "labs3:undercroft"]);
    expect(uploads.stdout.toString()).toContain(/<UploadId>([^<]+)</.exec(text)?.[1]);

    await rclone(["backend", "cleanup", "labs3:undercroft", "-o", "max-age=0s"]);

    const after = await rclone(["backend", "list-multipart-uploads", "labs3:undercroft"]);
    expect(JSON.parse(after.stdout.toString())).toEqual({ undercroft: [] });
  });

  it("keeps the old object when its replacement breaks off", async () => {
    await put("small", "labs3:undercroft/kept");
    await remotes.setFaults("labs3", [{ on: "part", cutAtBytes: 300_000 }]);
    await put("large", "labs3:undercroft/kept");
    expect((await rclone(["cat", "labs3:undercroft/kept"])).stdout.equals(small)).toBe(true);
    await rclone(["deletefile", "labs3:undercroft/kept"]);
  });

  it("answers with the status and code asked for, as often as asked for", async () => {
    await remotes.setFaults("labs3", [
      { on: "put", keyIncludes: "full", times: 1, status: 507, code: "QuotaExceeded" },
    ]);
    expect((await put("small", "labs3:undercroft/other")).exitCode).toBe(0);
    expect((await put("small", "labs3:undercroft/full")).stderr).toContain("507");
    expect((await put("small", "labs3:undercroft/full")).exitCode).toBe(0);
    await rclone(["deletefile", "labs3:undercroft/other"]);
    await rclone(["deletefile", "labs3:undercroft/full"]);
  });

  it("rots a byte after it took the upload for good", async () => {
    await remotes.setFaults("labs3", [{ on: "put", flipByteAt: 4711 }]);
    expect((await put("small", "labs3:undercroft/rotten")).exitCode).toBe(0);

    const { stdout } = await rclone(["cat", "labs3:undercroft/rotten"]);

    const differing = [...stdout.keys()].filter((at) => stdout[at] !== small[at]);
    expect(differing).toEqual([4711]);
    await rclone(["deletefile", "labs3:undercroft/rotten"]);
  });

  it("lists in pages of the size the client asks for", async () => {
    const keys = ["a", "b/c", "b/d", "é &<", "z"];
    for (const key of keys) await put("small", `labs3:undercroft/${key}`);
    expect(await listed("labs3:undercroft", "--s3-list-chunk=2")).toEqual(keys.toSorted());
    expect(await listed("labs3:undercroft/b")).toEqual(["c", "d"]);

    const body = `<Delete>${keys.map((key) => `<Object><Key>${key.replace("&", "&amp;").replace("<", "&#60;")}</Key></Object>`).join("")}</Delete>`;
    expect((await signedRequest("POST", "/undercroft?delete=", body)).status).toBe(200);
    expect(await listed("labs3:undercroft")).toEqual([]);
  });

  it("refuses a body whose digest is wrong, and an unsigned or unknown caller", async () => {
    const digest = createHash("md5").update("other").digest("base64");
    expect(await signedRequest("PUT", "/undercroft/x", "body", { "content-md5": digest })).toMatchObject({
      status: 400,
      text: expect.stringContaining("<Code>BadDigest</Code>"),
    });
    expect((await fetch(`${s3Account().url}/undercroft`)).status).toBe(403);
    const stranger = await signedRequest("GET", "/undercroft?list-type=2", undefined, {}, "nobody");
    expect(stranger.text).toContain("<Code>InvalidAccessKeyId</Code>");
    expect(await listed("labs3:undercroft")).toEqual([]);
  });
});

function s3Account(): { url: string; user: string; password: string } {
  const accounts: Record<RemoteName, { user: string; password: string; port: number }> = JSON.parse(
    readFileSync(join(directory, "accounts.json"), "utf8"),
  );
  return { ...accounts.labs3, url: `http://127.0.0.1:${accounts.labs3.port}` };
}

/** Signs by the book (AWS Signature Version 4), on its own, so that the server is not checked against itself. */
async function signedRequest(
  method: string,
  address: string,
  body = "",
  headers: Record<string, string> = {},
  accessKeyId = s3Account().user,
): Promise<{ status: number; headers: Headers; text: string }> {
  const { url, password } = s3Account();
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const at = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const [path = "", query = ""] = address.split("?");
  const scope = `${at.slice(0, 8)}/lab/s3/aws4_request`;
  const signedHeaders = "host;x-amz-content-sha256;x-amz-date";
  const canonical = [
    ...[method, path, query, `host:${new URL(url).host}`, `x-amz-content-sha256:${sha256(body)}`, `x-amz-date:${at}`],
    ...["", signedHeaders, sha256(body)],
  ].join("\n");
  const key = scope.split("/").reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${password}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", at, scope, sha256(canonical)].join("\n")).toString("hex");
  const response = await fetch(`${url}${address}`, {
    method,
    headers: {
      ...headers,
      "x-amz-content-sha256": sha256(body),
      "x-amz-date": at,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    },
    ...(method === "GET" || method === "HEAD" ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
