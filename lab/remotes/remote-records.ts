import { generateKeyPairSync, randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export const remoteNames = ["labsftp", "labdav", "labs3"] as const;
export type RemoteName = (typeof remoteNames)[number];

export type RemoteAccount = { user: string; password: string; port: number };
export type RemoteAccounts = Record<RemoteName, RemoteAccount>;

/**
 * The accounts and ports of the three remotes: made up at the first start and kept in the directory, so that the
 * rclone configuration of yesterday still works. A port that was taken in the meantime is replaced.
 */
export async function readAccounts(
  directory: string,
  wantedPorts: Partial<Record<RemoteName, number>>,
): Promise<RemoteAccounts> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "accounts.json");
  const known: Partial<RemoteAccounts> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const accounts = {
    labsftp: await accountOf(known.labsftp, wantedPorts.labsftp),
    labdav: await accountOf(known.labdav, wantedPorts.labdav),
    labs3: await accountOf(known.labs3, wantedPorts.labs3),
  };
  writePrivately(path, JSON.stringify(accounts, null, 2));
  return accounts;
}

async function accountOf(known: RemoteAccount | undefined, wantedPort: number | undefined): Promise<RemoteAccount> {
  return {
    user: known?.user ?? `lab${randomBytes(4).toString("hex")}`,
    password: known?.password ?? randomBytes(24).toString("base64url"),
    port: (await freePort(wantedPort ?? known?.port)) ?? (await anyFreePort()),
  };
}

/**
 * Below the range from which Linux takes the ports of outgoing connections (32768 and up): while a remote is down, no
 * client can be given its port by chance.
 */
async function anyFreePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = await freePort(randomInt(20_000, 32_768));
    if (port !== undefined) return port;
  }
  throw new Error("no free port on 127.0.0.1");
}

/** The port if nobody listens on it, or undefined. */
function freePort(port: number | undefined): Promise<number | undefined> {
  if (port === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(port)));
  });
}

/** Makes the SFTP server's host key at the first start; returns its file and the line a client pins it with. */
export function readHostKey(directory: string, port: number): { keyPath: string; knownHostsLine: string } {
  const keyPath = join(directory, "sftp-host-key.pem");
  const publicPath = join(directory, "sftp-host-key.pub");
  if (!existsSync(publicPath)) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writePrivately(keyPath, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    // SSH's own format: two length-prefixed strings. The raw key is the end of the SPKI form.
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const wire = Buffer.concat([withLength(Buffer.from("ssh-ed25519")), withLength(raw)]);
    writePrivately(publicPath, `ssh-ed25519 ${wire.toString("base64")}\n`);
  }
  return { keyPath, knownHostsLine: `[127.0.0.1]:${port} ${readFileSync(publicPath, "utf8")}` };
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Whole or not at all, and readable by nobody else. */
export function writePrivately(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
