import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { writeRcloneConfig } from "./rclone-config";
import { createRcloneServer, type ServerFault } from "./rclone-server";
import { type RemoteName, readAccounts, readHostKey, writePrivately } from "./remote-records";
import type { S3Fault } from "./s3/s3-faults";
import { createS3Server } from "./s3/start-s3-server";

export type { RemoteName } from "./remote-records";

export type RemoteFaults = { labsftp: ServerFault; labdav: ServerFault; labs3: readonly S3Fault[] };

export type LabRemotes = {
  /** 0600; holds the passwords of the three remotes. */
  rcloneConfigPath: string;
  remotes: { primary: string; secondary: string; tertiary: string };
  /** Where each server keeps its files; SFTP and WebDAV as they are, S3 in a form of its own. */
  folders: Record<RemoteName, string>;
  /** Down: connections are refused. Up again: same port, same files. */
  setUp: (name: RemoteName, up: boolean) => Promise<void>;
  /** Replaces the faults of one remote; `{}` or `[]` mends it. */
  setFaults: <Name extends RemoteName>(name: Name, faults: RemoteFaults[Name]) => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Starts the lab's three cloud remotes on loopback, over the protocols of real ones: SFTP and WebDAV served by rclone
 * itself, S3 by the lab's own server. Accounts, ports and files lie in `directory` and survive a restart.
 */
export async function startRemotes(options: {
  directory: string;
  ports?: Partial<Record<RemoteName, number>>;
}): Promise<LabRemotes> {
  const { directory } = options;
  const accounts = await readAccounts(directory, options.ports ?? {});
  const folders = {
    labsftp: join(directory, "sftp"),
    labdav: join(directory, "webdav"),
    labs3: join(directory, "s3"),
  };
  for (const name of ["labsftp", "labdav"] as const) {
    mkdirSync(join(folders[name], "undercroft"), { recursive: true, mode: 0o700 });
  }
  // A bucket is a folder of the S3 server; making it here saves the clients the right to make any.
  mkdirSync(join(folders.labs3, "undercroft"), { recursive: true, mode: 0o700 });

  const { keyPath, knownHostsLine } = readHostKey(directory, accounts.labsftp.port);
  const knownHostsPath = join(directory, "known_hosts");
  writePrivately(knownHostsPath, knownHostsLine);

  const shared = { stateDirectory: directory };
  const sftp = createRcloneServer({
    ...shared,
    protocol: "sftp",
    root: folders.labsftp,
    account: accounts.labsftp,
    keyPath,
  });
  const webdav = createRcloneServer({ ...shared, protocol: "webdav", root: folders.labdav, account: accounts.labdav });
  const s3 = createS3Server(folders.labs3, {
    accessKeyId: accounts.labs3.user,
    secretAccessKey: accounts.labs3.password,
  });
  const servers = {
    labsftp: sftp,
    labdav: webdav,
    labs3: { start: () => s3.listen(accounts.labs3.port), stop: s3.close },
  };
  const setUp = (name: RemoteName, up: boolean) => (up ? servers[name].start() : servers[name].stop());
  const stop = async () => {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  };

  try {
    const [rcloneConfigPath] = await Promise.all([
      writeRcloneConfig(directory, accounts, knownHostsPath),
      ...Object.values(servers).map((server) => server.start()),
    ]);
    return {
      rcloneConfigPath,
      remotes: { primary: "labsftp:undercroft", secondary: "labdav:undercroft", tertiary: "labs3:undercroft" },
      folders,
      setUp,
      setFaults: async (name, faults) => {
        if (name === "labs3") s3.setFaults(faults as RemoteFaults["labs3"]);
        else await (name === "labsftp" ? sftp : webdav).setFault(faults as ServerFault);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
