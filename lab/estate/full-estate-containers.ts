import { baseTree, logFile, manyFiles, noiseFile, trickyEntries } from "./container-trees";
import type { PlannedGuest } from "./estate-plan";
import { directory, textFile } from "./tree-entry";

const mebibyte = 1 << 20;

const network = (mac: string) => `name=eth0,bridge=vmbr0,hwaddr=${mac},ip=dhcp,type=veth`;

/** What nobody would call a guest, and what every screen and log has to carry as plain text all the same. */
const nastyNotes = [
  "\"double\" 'single' `backtick` $(touch /tmp/pwned) ${HOME} ; rm -rf / && echo | tee",
  '<script>alert("notes")</script><img src=x onerror=alert(1)>',
  "../../../etc/passwd %2e%2e%2f %00 \\n {{guestname}} {{nosuch}}",
  `${"🦆".repeat(200)}`,
  "tab\there, and a line in عربى and 日本語",
].join("\n");

const web: PlannedGuest = {
  guest: {
    vmid: 101,
    type: "lxc",
    node: "pve1",
    config: {
      arch: "amd64",
      cores: 2,
      description: "Web server\n",
      hostname: "web01",
      memory: 512,
      net0: network("BC:24:11:00:01:01"),
      ostype: "debian",
      rootfs: "local-zfs:subvol-101-disk-0,size=4G",
      swap: 512,
      tags: "prod;web",
      unprivileged: 1,
    },
    firewall: "[OPTIONS]\n\nenable: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 443\n",
  },
  isRunning: true,
  trees: [
    {
      volume: "local-zfs:subvol-101-disk-0",
      entries: [...baseTree("web01"), ...trickyEntries(), logFile("var/log/access.log", 101, 12 * mebibyte)],
    },
  ],
};

const database: PlannedGuest = {
  guest: {
    vmid: 102,
    type: "lxc",
    node: "pve1",
    config: {
      arch: "amd64",
      cores: 2,
      hostname: "db01",
      memory: 1024,
      mp0: "local-zfs:subvol-102-disk-1,mp=/var/lib/data,backup=1,size=8G",
      mp1: "local-zfs:subvol-102-disk-2,mp=/var/cache/scratch,backup=0,size=1G",
      mp2: "/srv/shared,mp=/mnt/shared",
      net0: network("BC:24:11:00:01:02"),
      ostype: "debian",
      rootfs: "local-zfs:subvol-102-disk-0,size=4G",
      swap: 0,
      tags: "prod",
      unprivileged: 1,
    },
  },
  isRunning: true,
  trees: [
    {
      volume: "local-zfs:subvol-102-disk-0",
      entries: [
        ...baseTree("db01"),
        directory("var/lib/data"),
        directory("var/cache/scratch"),
        directory("mnt/shared"),
      ],
    },
    {
      volume: "local-zfs:subvol-102-disk-1",
      entries: [
        directory("var"),
        directory("var/lib"),
        directory("var/lib/data", { uid: 105, gid: 110, mode: 0o750 }),
        noiseFile("var/lib/data/table.ibd", 1021, 6 * mebibyte),
        logFile("var/lib/data/redo.log", 1022, 6 * mebibyte),
        textFile("var/lib/data/PG_VERSION", "17\n", { uid: 105, gid: 110, mode: 0o600 }),
      ],
    },
    {
      volume: "local-zfs:subvol-102-disk-2",
      entries: [
        directory("var"),
        directory("var/cache"),
        directory("var/cache/scratch"),
        noiseFile("var/cache/scratch/never-in-a-backup", 1023, mebibyte),
      ],
    },
  ],
};

const legacy: PlannedGuest = {
  guest: {
    vmid: 103,
    type: "lxc",
    node: "pve1",
    config: {
      arch: "amd64",
      description: "Privileged, as it was on the old server\n",
      hostname: "legacy01",
      memory: 256,
      ostype: "debian",
      rootfs: "local-zfs:subvol-103-disk-0,size=2G",
      swap: 256,
    },
  },
  isRunning: true,
  trees: [
    {
      volume: "local-zfs:subvol-103-disk-0",
      entries: [
        ...baseTree("legacy01"),
        ...trickyEntries(),
        { kind: "characterDevice", path: "dev/console-of-old", major: 5, minor: 1, mode: 0o600 },
      ],
    },
  ],
};

const small: PlannedGuest = {
  guest: {
    vmid: 104,
    type: "lxc",
    node: "pve1",
    config: {
      arch: "amd64",
      hostname: "dns01",
      memory: 64,
      ostype: "debian",
      rootfs: "local-zfs:subvol-104-disk-0,size=1G",
      swap: 0,
      unprivileged: 1,
    },
  },
  isRunning: false,
  trees: [{ volume: "local-zfs:subvol-104-disk-0", entries: baseTree("dns01") }],
};

const files: PlannedGuest = {
  guest: {
    vmid: 105,
    type: "lxc",
    node: "pve2",
    config: {
      arch: "amd64",
      cores: 2,
      description: "File server\n",
      hostname: "files01",
      memory: 1024,
      ostype: "debian",
      rootfs: "local-zfs:subvol-105-disk-0,size=32G",
      swap: 512,
      tags: "prod;storage",
      unprivileged: 1,
    },
  },
  isRunning: true,
  trees: [
    {
      volume: "local-zfs:subvol-105-disk-0",
      entries: [
        ...baseTree("files01"),
        directory("srv/photos"),
        directory("srv/logs"),
        ...[1, 2, 3, 4].map((shoot) => noiseFile(`srv/photos/shoot-${shoot}.cr3`, 1050 + shoot, 32 * mebibyte)),
        ...[1, 2, 3, 4].map((month) => logFile(`srv/logs/2026-0${month}.log`, 1060 + month, 42 * mebibyte)),
        ...manyFiles("srv/mail", 1070, 1500),
      ],
    },
  ],
};

const wiki: PlannedGuest = {
  guest: {
    vmid: 106,
    type: "lxc",
    node: "pve2",
    config: {
      arch: "amd64",
      description: "On a directory storage: snapshot mode falls back to suspend\n",
      hostname: "wiki01",
      memory: 256,
      ostype: "debian",
      rootfs: "local:106/vm-106-disk-0.raw,size=4G",
      swap: 256,
      tags: "staging",
      unprivileged: 1,
    },
  },
  isRunning: true,
  trees: [
    {
      volume: "local:106/vm-106-disk-0.raw",
      entries: [...baseTree("wiki01"), directory("srv/wiki"), ...manyFiles("srv/wiki/pages", 1080, 300)],
    },
  ],
};

const nasty: PlannedGuest = {
  guest: {
    vmid: 107,
    type: "lxc",
    node: "pve2",
    config: {
      arch: "amd64",
      description: `${nastyNotes}\n`,
      hostname: `${"x".repeat(59)}-107`,
      memory: 64,
      ostype: "debian",
      rootfs: "local-zfs:subvol-107-disk-0,size=1G",
      swap: 0,
      tags: "a-b;c+d;e.f;very_long_tag_that_goes_on_and_on",
      unprivileged: 1,
    },
  },
  isRunning: false,
  trees: [{ volume: "local-zfs:subvol-107-disk-0", entries: [...baseTree("nasty"), textFile("etc/motd", nastyNotes)] }],
};

/** Containers of every sort that a backup treats differently. */
export const containers: PlannedGuest[] = [web, database, legacy, small, files, wiki, nasty];
