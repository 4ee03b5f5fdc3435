import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { baseTree, noiseFile } from "../estate/container-trees";
import { createGuest } from "../estate/create-estate";
import type { PlannedGuest } from "../estate/estate-plan";
import { readEstate, volumePath } from "../state/estate";
import { parseDrive } from "../state/guest-config";
import { changeGuest, findGuest, type Guest, listGuests, removeGuest, setGuestStatus } from "../state/guests";
import { ControlError } from "./control-error";
import type { GuestChange, NewGuest } from "./control-requests";

const volumeKey = /^(rootfs|(mp|scsi|virtio|sata|ide)\d+)$/;

/** Makes a small guest as asked. Without a VMID it gets the lowest free one. */
export async function addGuest(directory: string, request: NewGuest): Promise<Guest> {
  const estate = readEstate(directory);
  if (!estate.nodes.includes(request.node)) throw new ControlError(404, `there is no node '${request.node}'`);
  const taken = new Set(listGuests(directory).map((guest) => guest.vmid));
  let vmid = request.vmid ?? 100;
  while (request.vmid === undefined && taken.has(vmid)) vmid++;
  if (taken.has(vmid)) throw new ControlError(409, `guest ${vmid} exists already`);
  await createGuest(
    directory,
    estate,
    request.type === "lxc" ? plannedContainer(vmid, request) : plannedVm(vmid, request),
  );
  const guest = findGuest(directory, vmid);
  if (!guest) throw new Error(`guest ${vmid} was made and is not there`);
  return guest;
}

function descriptive(request: NewGuest) {
  return {
    ...(request.notes === undefined ? {} : { description: `${request.notes}\n` }),
    ...(request.tags === undefined ? {} : { tags: request.tags }),
  };
}

/** One address per guest: a guest made again under a used VMID gets another, as on a real node. */
function randomMacAddress(): string {
  const part = () =>
    Math.floor(Math.random() * 256)
      .toString(16)
      .toUpperCase()
      .padStart(2, "0");
  return `BC:24:11:${part()}:${part()}:${part()}`;
}

function plannedContainer(vmid: number, request: NewGuest): PlannedGuest {
  const volume = `local-zfs:subvol-${vmid}-disk-0`;
  const mac = request.macAddress ?? randomMacAddress();
  return {
    guest: {
      vmid,
      type: "lxc",
      node: request.node,
      config: {
        arch: "amd64",
        hostname: request.name,
        memory: 64,
        net0: `name=eth0,bridge=vmbr0,hwaddr=${mac},ip=dhcp,type=veth`,
        ostype: "debian",
        rootfs: `${volume},size=1G`,
        swap: 0,
        ...(request.isPrivileged ? {} : { unprivileged: 1 }),
        ...descriptive(request),
      },
    },
    isRunning: request.isRunning,
    trees: [{ volume, entries: [...baseTree(request.name), noiseFile("srv/data/content", vmid, request.sizeBytes)] }],
  };
}

function plannedVm(vmid: number, request: NewGuest): PlannedGuest {
  const volume = `local-zfs:vm-${vmid}-disk-0`;
  const mac = request.macAddress ?? randomMacAddress();
  const sizeKib = Math.max(64, Math.ceil(request.sizeBytes / 1024));
  return {
    guest: {
      vmid,
      type: "qemu",
      node: request.node,
      config: {
        boot: "order=scsi0",
        cores: 1,
        memory: "512",
        name: request.name,
        net0: `virtio=${mac},bridge=vmbr0`,
        ostype: "l26",
        scsi0: `${volume},size=${sizeKib}K`,
        ...descriptive(request),
      },
    },
    isRunning: request.isRunning,
    disks: [
      {
        volume,
        sizeBytes: sizeKib * 1024,
        seed: vmid,
        regions: [{ kind: "noise", offsetBytes: 0, sizeBytes: Math.min(request.sizeBytes, sizeKib * 1024) }],
      },
    ],
  };
}

export async function alterGuest(directory: string, vmid: number, change: GuestChange): Promise<Guest> {
  const estate = readEstate(directory);
  const before = findGuest(directory, vmid);
  if (!before) throw new ControlError(404, `there is no guest ${vmid}`);
  if (change.node !== undefined && !estate.nodes.includes(change.node)) {
    throw new ControlError(404, `there is no node '${change.node}'`);
  }
  if (change.node !== undefined && change.node !== before.node) {
    moveVolumes(directory, before, change.node);
    // The old .conf file goes with the old node: a guest has one place in the cluster.
    removeGuest(directory, before);
    setGuestStatus(directory, vmid, "stopped");
    await createGuest(directory, estate, { guest: { ...before, node: change.node }, isRunning: false });
  }
  const changed = await changeGuest(directory, vmid, (guest) => ({
    ...guest,
    usedBytes: before.usedBytes,
    config: changedConfig(guest, change),
  }));
  if (change.isRunning !== undefined) setGuestStatus(directory, vmid, change.isRunning ? "running" : "stopped");
  if (!changed) throw new ControlError(404, `there is no guest ${vmid}`);
  return changed;
}

function changedConfig(guest: Guest, change: GuestChange): Guest["config"] {
  const config = { ...guest.config };
  const put = (key: string, value: string | null | undefined) => {
    if (value === null) delete config[key];
    else if (value !== undefined) config[key] = value;
  };
  put(guest.type === "lxc" ? "hostname" : "name", change.name);
  put("description", change.notes === undefined || change.notes === null ? change.notes : `${change.notes}\n`);
  put("tags", change.tags);
  put("lock", change.lock);
  if (change.macAddress !== undefined) {
    const network = String(config.net0 ?? "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:00,type=veth");
    config.net0 = network.replace(/[0-9A-F]{2}(:[0-9A-F]{2}){5}/i, change.macAddress);
  }
  return config;
}

function volumesOf(guest: Guest): string[] {
  return Object.entries(guest.config).flatMap(([key, value]) => {
    const { volume, options } = parseDrive(String(value));
    return volumeKey.test(key) && !volume.startsWith("/") && options.media !== "cdrom" ? [volume] : [];
  });
}

function moveVolumes(directory: string, guest: Guest, node: string): void {
  const estate = readEstate(directory);
  for (const volume of volumesOf(guest)) {
    const from = volumePath(directory, guest.node, estate, volume);
    const to = volumePath(directory, node, estate, volume);
    if (!from || !to) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
}

/** Destroys a guest with its volumes. Its backups stay, as on a real node. */
export function destroyGuest(directory: string, vmid: number): void {
  const guest = findGuest(directory, vmid);
  if (!guest) throw new ControlError(404, `there is no guest ${vmid}`);
  const estate = readEstate(directory);
  for (const volume of volumesOf(guest)) {
    const path = volumePath(directory, guest.node, estate, volume);
    if (path) rmSync(path, { recursive: true, force: true });
  }
  removeGuest(directory, guest);
}
