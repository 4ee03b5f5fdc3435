import { randomBytes, randomUUID } from "node:crypto";
import { type GuestConfig, parseDrive } from "../state/guest-config";

/** What of a backed-up configuration does not come back (pve-container and qemu-server, restore). */
const dropped = /^(lock|parent|snapstate|unused\d+|digest)$/;

export function withoutDropped(config: GuestConfig): GuestConfig {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !dropped.test(key)));
}

/** `unique`: new addresses for every network card, and another identity of the machine. */
export function madeUnique(config: GuestConfig): GuestConfig {
  const changed = Object.entries(config).map(([key, value]): [string, string | number] => {
    if (/^net\d+$/.test(key)) return [key, String(value).replace(/[0-9A-F]{2}(:[0-9A-F]{2}){5}/i, newMacAddress())];
    if (key === "smbios1") return [key, String(value).replace(/uuid=[^,]*/, `uuid=${randomUUID()}`)];
    return [key, value];
  });
  return Object.fromEntries(changed);
}

function newMacAddress(): string {
  const parts = randomBytes(3).toString("hex").toUpperCase().match(/../g) ?? [];
  return `BC:24:11:${parts.join(":")}`;
}

/** A drive's value with another volume. */
export function withVolume(value: string, volume: string): string {
  return [volume, ...value.split(",").slice(1)].join(",");
}

/** rootfs first, then mp0, mp1... */
export function mountPointKeys(config: GuestConfig): string[] {
  const number = (key: string) => (key === "rootfs" ? -1 : Number(key.slice(2)));
  return Object.keys(config)
    .filter((key) => key === "rootfs" || /^mp\d+$/.test(key))
    .toSorted((a, b) => number(a) - number(b));
}

export const isVolume = (value: string | number) => !parseDrive(String(value)).volume.startsWith("/");
