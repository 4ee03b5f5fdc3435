import { rmSync } from "node:fs";
import { volumePath } from "../state/estate";
import { parseDrive } from "../state/guest-config";
import { shutDownGuest, startGuest } from "../state/guest-power";
import {
  findGuest,
  type Guest,
  type GuestType,
  guestConfigDigest,
  guestStatus,
  listGuests,
  removeGuest,
} from "../state/guests";
import { runTask } from "../tasks/run-task";
import { isAllowed } from "./access";
import { handlerError } from "./api-error";
import { cpuCount, guestFigures, guestMarks } from "./figures";
import { type Call, type Handler, taskUser, text } from "./handler";

/** The guest of the path, or Proxmox's words for there being none of this type on this node. */
function guestOf(call: Call, type: GuestType): Guest {
  const guest = findGuest(call.directory, Number(call.parameters.vmid));
  const node = text(call, "node");
  if (guest?.type === type && guest.node === node) return guest;
  const folder = type === "lxc" ? "lxc" : "qemu-server";
  throw handlerError(`Configuration file 'nodes/${node}/${folder}/${text(call, "vmid")}.conf' does not exist`);
}

function listEntry(call: Call, guest: Guest) {
  const status = guestStatus(call.directory, guest.vmid);
  const isRunning = status.status === "running";
  const common = {
    ...guestFigures(call.directory, guest),
    ...guestMarks(guest),
    ...(isRunning ? { pid: status.pid } : {}),
    cpus: cpuCount(guest),
  };
  if (guest.type === "qemu") {
    // A stopped VM has no block statistics.
    const { diskread, diskwrite, ...rest } = common;
    return isRunning ? { ...common, memhost: common.mem } : { ...rest, memhost: 0 };
  }
  const swap = { swap: 0, maxswap: Number(guest.config.swap ?? 512) * 1024 * 1024 };
  return { ...common, type: "lxc", ...swap, ...(isRunning ? noPressure : {}) };
}

const noPressure = {
  pressurecpusome: null,
  pressurecpufull: null,
  pressureiosome: null,
  pressureiofull: null,
  pressurememorysome: null,
  pressurememoryfull: null,
};

const list =
  (type: GuestType): Handler =>
  (call) => {
    const guests = listGuests(call.directory).filter(
      (guest) => guest.type === type && guest.node === text(call, "node"),
    );
    const visible = guests.filter((guest) => isAllowed(call.caller, `/vms/${guest.vmid}`, "VM.Audit"));
    return { data: visible.map((guest) => listEntry(call, guest)) };
  };

const getConfig =
  (type: GuestType): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    return { data: { ...guest.config, digest: guestConfigDigest(guest) } };
  };

const getPending =
  (type: GuestType): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    const values = Object.entries({ ...guest.config, digest: guestConfigDigest(guest) });
    return { data: values.map(([key, value]) => ({ key, value })) };
  };

const getSnapshots =
  (type: GuestType): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    const running = guestStatus(call.directory, guest.vmid).status === "running" ? 1 : 0;
    return { data: [{ name: "current", description: "You are here!", digest: guestConfigDigest(guest), running }] };
  };

const getStatus =
  (type: GuestType): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    const entry = { ...listEntry(call, guest), ha: { managed: 0 } };
    return { data: type === "lxc" ? entry : { ...entry, qmpstatus: entry.status } };
  };

const taskPrefix = { lxc: "vz", qemu: "qm" } as const;
const kind = { lxc: "CT", qemu: "VM" } as const;

type PowerAction = "start" | "stop" | "shutdown";

const changePower =
  (type: GuestType, action: PowerAction): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    const isRunning = guestStatus(call.directory, guest.vmid).status === "running";
    if (action === "start" && isRunning) throw handlerError(`${kind[type]} ${guest.vmid} already running`);
    if (action !== "start" && !isRunning) throw handlerError(`${kind[type]} ${guest.vmid} not running`);
    const spec = {
      node: guest.node,
      type: `${taskPrefix[type]}${action}`,
      id: String(guest.vmid),
      user: taskUser(call),
    };
    const { upid } = runTask(call.directory, spec, async () => {
      const lock = findGuest(call.directory, guest.vmid)?.config.lock;
      if (lock !== undefined) throw new Error(`${kind[type]} is locked (${lock})`);
      await (action === "start" ? startGuest : shutDownGuest)(call.directory, guest.vmid);
    });
    return { data: upid };
  };

const destroy =
  (type: GuestType): Handler =>
  (call) => {
    const guest = guestOf(call, type);
    if (guest.config.protection === 1) {
      throw handlerError(`can't remove ${kind[type]} ${guest.vmid} - protection mode enabled`);
    }
    const isRunning = guestStatus(call.directory, guest.vmid).status === "running";
    const spec = { node: guest.node, type: `${taskPrefix[type]}destroy`, id: String(guest.vmid), user: taskUser(call) };
    const { upid } = runTask(call.directory, spec, async () => {
      if (isRunning) throw new Error(`${kind[type]} ${guest.vmid} is running - destroy failed!`);
      if (guest.config.lock !== undefined) throw new Error(`${kind[type]} is locked (${guest.config.lock})`);
      removeVolumes(call, guest);
      removeGuest(call.directory, guest);
    });
    return { data: upid };
  };

export function removeVolumes({ directory, estate }: Pick<Call, "directory" | "estate">, guest: Guest): void {
  for (const [key, value] of Object.entries(guest.config)) {
    if (!/^(rootfs|(mp|scsi|virtio|sata|ide|efidisk|tpmstate)\d+)$/.test(key)) continue;
    const { volume, options } = parseDrive(String(value));
    if (volume.startsWith("/") || options.media === "cdrom") continue;
    const path = volumePath(directory, guest.node, estate, volume);
    if (path) rmSync(path, { recursive: true, force: true });
  }
}

function routesOf(type: GuestType): Record<string, Handler> {
  const base = `/nodes/{node}/${type}`;
  return {
    [`GET ${base}`]: list(type),
    [`GET ${base}/{vmid}/config`]: getConfig(type),
    [`GET ${base}/{vmid}/pending`]: getPending(type),
    [`GET ${base}/{vmid}/snapshot`]: getSnapshots(type),
    [`GET ${base}/{vmid}/status/current`]: getStatus(type),
    [`POST ${base}/{vmid}/status/start`]: changePower(type, "start"),
    [`POST ${base}/{vmid}/status/stop`]: changePower(type, "stop"),
    [`POST ${base}/{vmid}/status/shutdown`]: changePower(type, "shutdown"),
    [`DELETE ${base}/{vmid}`]: destroy(type),
  };
}

export const guestRoutes: Record<string, Handler> = { ...routesOf("lxc"), ...routesOf("qemu") };
