import { noiseFile } from "../estate/container-trees";
import type { EstatePlan, PlannedGuest } from "../estate/estate-plan";
import { directory, type TreeEntry, textFile } from "../estate/tree-entry";
import type { GuestConfig } from "../state/guest-config";
import { allPrivileges, auditorPrivileges } from "../state/privileges";

/** A copy of the node whose answers were recorded in lab/fixtures/truth: same guests, storages and callers. */
const backupOperator = ["VM.Audit", "VM.Backup", "VM.PowerMgmt", "Datastore.Audit", "Datastore.AllocateSpace"];

const smallTree: TreeEntry[] = [
  directory("."),
  ...["etc", "srv", "srv/data", "tmp", "var", "var/lib", "var/lib/data", "var/cache", "var/cache/scratch"].map((path) =>
    directory(path),
  ),
  textFile("etc/hostname", "truth\n"),
  textFile("srv/data/hello.txt", "hello\n"),
  textFile("srv/data/secret", "left out on request\n"),
  noiseFile("srv/data/random.bin", 107, 65_536),
];

type Container = { vmid: number; hostname: string; isRunning: boolean; config: GuestConfig; entries?: TreeEntry[] };

function container({ vmid, hostname, isRunning, config, entries = smallTree }: Container): PlannedGuest {
  const volume = String(config.rootfs).split(",")[0] ?? "";
  return {
    guest: {
      vmid,
      type: "lxc",
      node: "pve1",
      config: { arch: "amd64", hostname, memory: 64, ostype: "unmanaged", unprivileged: 1, ...config },
    },
    isRunning,
    trees: [{ volume, entries }],
  };
}

const onDirectory = (vmid: number) => `local:${vmid}/subvol-${vmid}-disk-0.subvol,size=0T`;

const database = container({
  vmid: 102,
  hostname: "db01",
  isRunning: false,
  config: {
    mp0: "local:102/vm-102-disk-1.raw,mp=/var/lib/data,backup=1,size=1G",
    mp1: "local:102/vm-102-disk-2.raw,mp=/var/cache/scratch,backup=0,size=1G",
    rootfs: "local:102/vm-102-disk-0.raw,size=1G",
    swap: 0,
  },
});

const broken = container({
  vmid: 104,
  hostname: "broken01",
  isRunning: false,
  config: { rootfs: "local:104/vm-104-disk-0.raw,size=1G", swap: 512 },
});

export const truthEstate: EstatePlan = {
  estate: {
    nodes: ["pve1"],
    storages: [
      { storage: "backup1", type: "dir", path: "/srv/backup1", content: "backup", pruneBackups: "keep-all=1" },
      {
        storage: "local",
        type: "dir",
        path: "/var/lib/vz",
        content: "images,rootdir,snippets,vztmpl,import,iso,backup",
        pruneBackups: "keep-all=1",
      },
      { storage: "full", type: "dir", path: "/srv/full", content: "backup", isMountpoint: true, mkdir: 0 },
      { storage: "btr", type: "btrfs", path: "/srv/btr", content: "images,rootdir" },
      { storage: "missing", type: "dir", path: "/srv/missing", content: "backup", isMountpoint: true, isMissing: true },
    ],
    pools: [{ poolid: "prod", comment: "prod pool", members: [101, 107] }],
    shutdownMs: 20,
    startMs: 20,
  },
  users: [
    { userid: "root@pam", password: "rig-root-pw", grants: [{ path: "/", privileges: allPrivileges }] },
    { userid: "ops@pve", password: "ops-rig-pw", grants: operatorGrants() },
  ],
  tokens: [
    { tokenId: "root@pam!full", secret: "full", grants: [{ path: "/", privileges: allPrivileges }] },
    { tokenId: "mon@pve!ro", secret: "ro", grants: [{ path: "/", privileges: auditorPrivileges }] },
    { tokenId: "nobody@pve!none", secret: "none", grants: [] },
    { tokenId: "ops@pve!bk", secret: "bk", grants: operatorGrants() },
    { tokenId: "ops@pve!privsep", secret: "privsep", grants: [] },
    { tokenId: "ops@pve!expired", secret: "expired", grants: operatorGrants(), expiresAtSeconds: 1_700_000_000 },
  ],
  guests: [
    container({
      vmid: 101,
      hostname: "web01",
      isRunning: true,
      config: { description: "Web server, toy\n", rootfs: onDirectory(101), swap: 512, tags: "prod;web" },
    }),
    {
      ...database,
      trees: [
        ...(database.trees ?? []),
        {
          volume: "local:102/vm-102-disk-1.raw",
          entries: [directory("var"), directory("var/lib"), directory("var/lib/data"), textFile("var/lib/data/t", "x")],
        },
      ],
    },
    container({
      vmid: 103,
      hostname: "cache01",
      isRunning: true,
      config: { rootfs: "btr:103/subvol-103-disk-0.subvol,size=512M", swap: 0, tags: "staging" },
    }),
    // Its image file was deleted.
    { ...broken, trees: [] },
    container({
      vmid: 105,
      hostname: "locked01",
      isRunning: false,
      config: { lock: "backup", rootfs: onDirectory(105), swap: 512 },
    }),
    container({
      vmid: 106,
      hostname: "priv01",
      isRunning: false,
      config: { protection: 1, rootfs: onDirectory(106), swap: 512, unprivileged: 0 },
    }),
    container({
      vmid: 107,
      hostname: "stopped01",
      isRunning: false,
      config: { rootfs: onDirectory(107), swap: 512 },
    }),
    container({
      vmid: 108,
      hostname: "big01",
      isRunning: true,
      config: { rootfs: onDirectory(108), swap: 0 },
      entries: [...smallTree, noiseFile("srv/data/big.bin", 108, 3 << 20)],
    }),
    container({
      vmid: 109,
      hostname: "snap01",
      isRunning: true,
      config: { rootfs: "btr:109/vm-109-disk-0.raw,size=204M", swap: 0 },
    }),
    {
      guest: {
        vmid: 200,
        type: "qemu",
        node: "pve1",
        config: {
          boot: "order=scsi0",
          cores: 2,
          memory: "1024",
          name: "vm-win",
          ostype: "l26",
          scsi0: "local:200/vm-200-disk-0.qcow2,size=1G",
          scsihw: "virtio-scsi-single",
        },
      },
      isRunning: false,
    },
  ],
};

function operatorGrants() {
  return [
    { path: "/storage", privileges: backupOperator },
    { path: "/vms", privileges: backupOperator },
  ];
}
