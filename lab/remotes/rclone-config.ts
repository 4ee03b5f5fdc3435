import { execFile } from "node:child_process";
import { join } from "node:path";

import { type RemoteAccounts, writePrivately } from "./remote-records";

/** Writes the rclone configuration of the three remotes, 0600, and returns its path. */
export async function writeRcloneConfig(
  directory: string,
  accounts: RemoteAccounts,
  knownHostsPath: string,
): Promise<string> {
  const { labsftp, labdav, labs3 } = accounts;
  const sections = {
    labsftp: {
      type: "sftp",
      host: "127.0.0.1",
      port: labsftp.port,
      user: labsftp.user,
      pass: await obscure(labsftp.password),
      known_hosts_file: knownHostsPath,
      // Otherwise rclone finds these out and writes them back, while others read the same file.
      shell_type: "unix",
      md5sum_command: "md5sum",
      sha1sum_command: "sha1sum",
    },
    labdav: {
      type: "webdav",
      url: `http://127.0.0.1:${labdav.port}`,
      vendor: "other",
      user: labdav.user,
      pass: await obscure(labdav.password),
    },
    labs3: {
      type: "s3",
      provider: "Other",
      endpoint: `http://127.0.0.1:${labs3.port}`,
      access_key_id: labs3.user,
      secret_access_key: labs3.password,
      region: "lab",
      force_path_style: true,
      list_version: 2,
      list_url_encode: true,
      no_check_bucket: true,
      // The server computes ETags as AWS does, so rclone may hold it to them.
      use_multipart_etag: true,
      upload_cutoff: "64M",
      chunk_size: "16M",
    },
  };
  const path = join(directory, "rclone.conf");
  const text = Object.entries(sections).map(([name, options]) =>
    [`[${name}]`, ...Object.entries(options).map(([key, value]) => `${key} = ${value}`), ""].join("\n"),
  );
  writePrivately(path, text.join("\n"));
  return path;
}

/** rclone keeps passwords in a form of its own, reversible and meant against glances only. */
function obscure(password: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile("rclone", ["obscure", "-"], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
    child.stdin?.end(`${password}\n`);
  });
}
