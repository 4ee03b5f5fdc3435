import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readEstate } from "./estate";
import { type GuestConfig, renderGuestConfig } from "./guest-config";
import { readJson, writeFileAtomically, writeJson } from "./json-file";
import { exclusively } from "./named-lock";
import { labPlaces, nodePlaces } from "./places";

export type GuestType = "lxc" | "qemu";

export type Guest = {
  vmid: number;
  type: GuestType;
  node: string;
  config: GuestConfig;
  /** Bytes its volumes hold, for the figures of the lists. */
  usedBytes: number;
  /** Text of /etc/pve/firewall/VMID.fw, where the guest has one. */
  firewall?: string;
};

export type GuestStatus = { status: "running" | "stopped"; startedAt?: string; pid?: number };

const guestFile = (directory: string, vmid: number) => join(labPlaces(directory).guests, `${vmid}.json`);
const statusFile = (directory: string, vmid: number) => join(labPlaces(directory).status, `${vmid}.json`);

/** Every guest of the cluster, by ascending VMID. */
export function listGuests(directory: string): Guest[] {
  return readdirSync(labPlaces(directory).guests)
    .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .toSorted((a, b) => a - b)
    .flatMap((vmid) => findGuest(directory, vmid) ?? []);
}

export function findGuest(directory: string, vmid: number): Guest | undefined {
  return readJson<Guest>(guestFile(directory, vmid));
}

export function guestName(guest: Guest): string {
  const name = guest.config[guest.type === "lxc" ? "hostname" : "name"];
  return name === undefined ? `${guest.type === "lxc" ? "CT" : "VM "}${guest.vmid}` : String(name);
}

/** Writes a guest and its .conf file, which every node of a cluster sees below /etc/pve. */
export function saveGuest(directory: string, guest: Guest): void {
  writeJson(guestFile(directory, guest.vmid), guest);
  const folder = guest.type === "lxc" ? "lxc" : "qemu-server";
  for (const node of readEstate(directory).nodes) {
    const { pmxcfs } = nodePlaces(directory, node);
    writeFileAtomically(join(pmxcfs, "nodes", guest.node, folder, `${guest.vmid}.conf`), guestConfigText(guest), 0o640);
    if (guest.firewall !== undefined) {
      writeFileAtomically(join(pmxcfs, "firewall", `${guest.vmid}.fw`), guest.firewall, 0o640);
    }
  }
}

export function removeGuest(directory: string, guest: Guest): void {
  rmSync(guestFile(directory, guest.vmid), { force: true });
  rmSync(statusFile(directory, guest.vmid), { force: true });
  const folder = guest.type === "lxc" ? "lxc" : "qemu-server";
  for (const node of readEstate(directory).nodes) {
    const { pmxcfs } = nodePlaces(directory, node);
    rmSync(join(pmxcfs, "nodes", guest.node, folder, `${guest.vmid}.conf`), { force: true });
    rmSync(join(pmxcfs, "firewall", `${guest.vmid}.fw`), { force: true });
  }
}

/** Reads, changes and writes a guest while no other process of the lab does. Undefined: there is no such guest. */
export function changeGuest(
  directory: string,
  vmid: number,
  change: (guest: Guest) => Guest,
): Promise<Guest | undefined> {
  return exclusively(`${directory}/guest/${vmid}`, () => {
    const guest = findGuest(directory, vmid);
    if (!guest) return undefined;
    const changed = change(guest);
    saveGuest(directory, changed);
    return changed;
  });
}

export function guestStatus(directory: string, vmid: number): GuestStatus {
  return readJson<GuestStatus>(statusFile(directory, vmid)) ?? { status: "stopped" };
}

export function setGuestStatus(directory: string, vmid: number, status: GuestStatus["status"]): void {
  const running = { status, startedAt: new Date().toISOString(), pid: 1000 + vmid } as const;
  writeJson(statusFile(directory, vmid), status === "running" ? running : { status });
}

function guestConfigText(guest: Guest): string {
  return renderGuestConfig(guest.config);
}

/** The digest the API gives with a configuration: SHA-1 of the file (pve-guest-common, AbstractConfig). */
export function guestConfigDigest(guest: Guest): string {
  return createHash("sha1").update(guestConfigText(guest)).digest("hex");
}
