import type { PlannedGuest } from "./estate-plan";

const mebibyte = 1 << 20;

const shop: PlannedGuest = {
  guest: {
    vmid: 200,
    type: "qemu",
    node: "pve1",
    config: {
      agent: "1",
      boot: "order=scsi0",
      cores: 2,
      description: "Shop, two disks\n",
      memory: "2048",
      name: "shop01",
      net0: "virtio=BC:24:11:00:02:00,bridge=vmbr0,firewall=1",
      ostype: "l26",
      scsi0: "local-zfs:vm-200-disk-0,iothread=1,size=96M",
      scsi1: "local-zfs:vm-200-disk-1,size=20481K",
      scsi2: "local-zfs:vm-200-disk-2,backup=0,size=16M",
      scsihw: "virtio-scsi-single",
      smbios1: "uuid=4d6f7c1e-5c0f-4f2b-9a7e-1d2c3b4a5968",
      tags: "prod",
    },
    firewall: "[OPTIONS]\n\nenable: 1\n",
  },
  isRunning: true,
  disks: [
    {
      volume: "local-zfs:vm-200-disk-0",
      sizeBytes: 96 * mebibyte,
      seed: 2000,
      regions: [
        { kind: "noise", offsetBytes: 0, sizeBytes: 8 * mebibyte },
        { kind: "text", offsetBytes: 40 * mebibyte, sizeBytes: 16 * mebibyte },
        { kind: "noise", offsetBytes: 95 * mebibyte + 4096, sizeBytes: 8192 },
      ],
    },
    {
      // Not a multiple of a cluster, nor of a block: the last block of the archive is padded.
      volume: "local-zfs:vm-200-disk-1",
      sizeBytes: 20 * mebibyte + 1536,
      seed: 2010,
      regions: [
        { kind: "text", offsetBytes: mebibyte, sizeBytes: 4 * mebibyte },
        { kind: "noise", offsetBytes: 20 * mebibyte + 512, sizeBytes: 1024 },
      ],
    },
    {
      volume: "local-zfs:vm-200-disk-2",
      sizeBytes: 16 * mebibyte,
      seed: 2020,
      regions: [{ kind: "noise", offsetBytes: 0, sizeBytes: mebibyte }],
    },
  ],
};

const netboot: PlannedGuest = {
  guest: {
    vmid: 201,
    type: "qemu",
    node: "pve2",
    config: {
      boot: "order=net0",
      cores: 1,
      description: "Boots from the network, has no disk\n",
      ide2: "none,media=cdrom",
      memory: "512",
      name: "netboot01",
      net0: "virtio=BC:24:11:00:02:01,bridge=vmbr0",
      ostype: "l26",
    },
  },
  isRunning: false,
};

const windows: PlannedGuest = {
  guest: {
    vmid: 202,
    type: "qemu",
    node: "pve2",
    config: {
      boot: "order=scsi0",
      cores: 2,
      memory: "1024",
      name: "win01",
      net0: "e1000=BC:24:11:00:02:02,bridge=vmbr0",
      ostype: "win11",
      scsi0: "local-zfs:vm-202-disk-0,size=32M",
      unused0: "local-zfs:vm-202-disk-9",
    },
  },
  isRunning: false,
  disks: [
    {
      volume: "local-zfs:vm-202-disk-0",
      sizeBytes: 32 * mebibyte,
      seed: 2030,
      regions: [{ kind: "text", offsetBytes: 0, sizeBytes: 10 * mebibyte }],
    },
  ],
};

/** VMs: two disks and one left out, none at all, one that is off. */
export const vms: PlannedGuest[] = [shop, netboot, windows];
