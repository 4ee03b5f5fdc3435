import { baseTree, logFile, noiseFile } from "./container-trees";
import type { EstatePlan } from "./estate-plan";
import { fullEstate } from "./full-estate";

const mebibyte = 1 << 20;

/** Three small guests on two nodes, a few MiB: for tests that need a cluster and little of it. */
export const tinyEstate: EstatePlan = {
  estate: { ...fullEstate.estate, pools: [], shutdownMs: 100, startMs: 100 },
  guests: [
    {
      guest: {
        vmid: 101,
        type: "lxc",
        node: "pve1",
        config: {
          arch: "amd64",
          hostname: "web01",
          memory: 128,
          ostype: "debian",
          rootfs: "local-zfs:subvol-101-disk-0,size=1G",
          swap: 0,
          unprivileged: 1,
        },
      },
      isRunning: true,
      trees: [
        {
          volume: "local-zfs:subvol-101-disk-0",
          entries: [
            ...baseTree("web01"),
            noiseFile("srv/data/photo.jpg", 1, mebibyte),
            logFile("var/log/access.log", 2, mebibyte),
          ],
        },
      ],
    },
    {
      guest: {
        vmid: 102,
        type: "lxc",
        node: "pve2",
        config: {
          arch: "amd64",
          hostname: "db01",
          memory: 128,
          ostype: "debian",
          rootfs: "local-zfs:subvol-102-disk-0,size=1G",
          swap: 0,
        },
      },
      isRunning: false,
      trees: [
        {
          volume: "local-zfs:subvol-102-disk-0",
          entries: [...baseTree("db01"), logFile("srv/data/table", 3, mebibyte)],
        },
      ],
    },
    {
      guest: {
        vmid: 200,
        type: "qemu",
        node: "pve1",
        config: {
          boot: "order=scsi0",
          cores: 1,
          memory: "512",
          name: "vm01",
          ostype: "l26",
          scsi0: "local-zfs:vm-200-disk-0,size=2M",
          scsi1: "local-zfs:vm-200-disk-1,size=1025K",
        },
      },
      isRunning: true,
      disks: [
        {
          volume: "local-zfs:vm-200-disk-0",
          sizeBytes: 2 * mebibyte,
          seed: 4,
          regions: [{ kind: "noise", offsetBytes: 0, sizeBytes: 300_000 }],
        },
        {
          volume: "local-zfs:vm-200-disk-1",
          sizeBytes: mebibyte + 1024,
          seed: 5,
          regions: [{ kind: "text", offsetBytes: 500_000, sizeBytes: 300_000 }],
        },
      ],
    },
  ],
};
