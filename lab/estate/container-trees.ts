import { collect, createRandom, logLines, noise } from "./seeded-bytes";
import { directory, type TreeEntry, textFile } from "./tree-entry";

const folders =
  "bin dev etc etc/network home lib mnt opt proc root run sbin srv srv/data sys tmp usr usr/bin usr/lib var";
const varFolders = "var/cache var/lib var/lib/dpkg var/log var/run var/tmp";

/** What every container has: the folders of a small Debian, some configuration, and files vzdump leaves out by default. */
export function baseTree(hostname: string): TreeEntry[] {
  return [
    directory("."),
    ...`${folders} ${varFolders}`.split(" ").map((path) => directory(path, modes[path] ?? {})),
    textFile("etc/hostname", `${hostname}\n`),
    textFile("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`),
    textFile("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:App:/home/app:/bin/sh\n"),
    textFile("etc/shadow", "root:*:20000:0:99999:7:::\n", { mode: 0o640, gid: 42 }),
    textFile("etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n'),
    textFile("etc/network/interfaces", "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\n"),
    textFile("root/.bashrc", "umask 022\n", { mode: 0o600 }),
    textFile("usr/bin/app", "#!/bin/sh\nexec sleep infinity\n", { mode: 0o755 }),
    textFile("tmp/left-out-of-backups", "vzdump excludes /tmp/?*\n"),
    textFile("var/tmp/left-out-too", "vzdump excludes /var/tmp/?*\n"),
    textFile("var/run/app.pid", "4711\n"),
    textFile("var/log/messages", "Nov 22 10:00:00 started\n", { mode: 0o640, gid: 4 }),
    { kind: "symlink", path: "usr/bin/sh", target: "../../bin/sh" },
  ];
}

const modes: Record<string, { mode: number }> = {
  tmp: { mode: 0o1777 },
  "var/tmp": { mode: 0o1777 },
  root: { mode: 0o700 },
};

/** A file of bytes no compressor makes smaller. */
export function noiseFile(path: string, seed: number, sizeBytes: number): TreeEntry {
  return { kind: "file", path, sizeBytes, content: () => noise(seed, sizeBytes), uid: 1000, gid: 1000 };
}

/** A file that compresses like logs. */
export function logFile(path: string, seed: number, sizeBytes: number): TreeEntry {
  return { kind: "file", path, sizeBytes, content: () => logLines(seed, sizeBytes), uid: 1000, gid: 1000 };
}

/** Everything about names, links and file kinds that a backup has gone wrong over. */
export function trickyEntries(): TreeEntry[] {
  const longName = `${"a-very-long-file-name-".repeat(9)}end.txt`;
  const deepFolders = Array.from({ length: 9 }, (_, depth) =>
    Array.from({ length: depth + 1 }, (_, level) => `nested-folder-number-${level}-of-nine`).join("/"),
  );
  const deepest = deepFolders.at(-1);
  return [
    directory("srv/data/dir with space"),
    textFile("srv/data/dir with space/dätei – übermäßig.txt", "Grüße aus Düsseldorf\n", { uid: 1000, gid: 1000 }),
    textFile("srv/data/日本語のファイル名.txt", "こんにちは\n"),
    textFile("srv/data/emoji 🦆🏰.md", "# 🦆\n"),
    textFile("srv/data/quote'\"$(touch pwned)`;&|<b>.txt", "only a name\n"),
    textFile("srv/data/new\nline and\ttab.txt", "a name of two lines\n"),
    textFile("srv/data/-rf", "looks like an option\n"),
    textFile(`srv/data/${longName}`, "more than 100 characters\n"),
    ...deepFolders.map((path) => directory(`srv/data/${path}`)),
    textFile(`srv/data/${deepest}/deep.txt`, "a path of more than 255 characters\n"),
    textFile("srv/data/hello.txt", "hello\n", {
      uid: 1000,
      gid: 1000,
      xattrs: { "user.comment": "kept with the file" },
    }),
    { kind: "hardlink", path: "srv/data/hardlink", target: "srv/data/hello.txt" },
    { kind: "hardlink", path: "srv/data/dir with space/another-link", target: "srv/data/hello.txt" },
    { kind: "symlink", path: "srv/data/link", target: "hello.txt" },
    { kind: "symlink", path: "srv/data/dangling", target: "/nowhere/at/all" },
    { kind: "fifo", path: "srv/data/queue", mode: 0o620 },
    {
      kind: "sparse",
      path: "srv/data/sparse.img",
      sizeBytes: 64 << 20,
      tail: "the only bytes\n",
      uid: 1000,
      gid: 1000,
    },
    textFile("srv/data/empty", ""),
    textFile("srv/data/setuid", "#!/bin/sh\n", { mode: 0o4755 }),
    textFile("srv/data/no-access", "secret\n", { mode: 0o000 }),
    textFile("srv/data/nobody", "owned by nobody\n", { uid: 65_534, gid: 65_534 }),
    textFile("srv/data/old.txt", "from before\n", { modifiedAt: new Date("1999-12-31T23:59:59Z") }),
  ];
}

/** Many small files, as a mail or package store has them. */
export function manyFiles(folder: string, seed: number, count: number): TreeEntry[] {
  const next = createRandom(seed);
  const entries: TreeEntry[] = [directory(folder)];
  for (let index = 0; index < count; index++) {
    if (index % 100 === 0) entries.push(directory(`${folder}/${index / 100}`));
    const bytes = collect(logLines(seed + index, 200 + (next() % 3000)));
    const path = `${folder}/${Math.floor(index / 100)}/message-${index}.eml`;
    entries.push({ kind: "file", path, sizeBytes: bytes.length, content: () => [bytes], uid: 1000, gid: 1000 });
  }
  return entries;
}
