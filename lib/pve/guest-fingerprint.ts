/** A guest's configuration as GET …/config answers it. */
type GuestConfig = Readonly<Record<string, unknown>>;

/**
 * The facts that stay with a guest for life, sorted and joined by " ": a VM's creation time (`meta: ctime=`) and SMBIOS
 * UUID, and the MAC addresses of either type. Empty for a guest that has none of them.
 */
export function guestFingerprint(config: GuestConfig): string {
  const facts = Object.entries(config).flatMap(([key, value]) => factsOf(key, String(value)));
  return [...new Set(facts)].toSorted().join(" ");
}

/** `virtio=BC:24:11:00:00:01,bridge=vmbr0` of a VM, `name=eth0,hwaddr=BC:24:11:00:00:02,bridge=vmbr0` of a container. */
const macPattern = /\b(?:[0-9A-F]{2}:){5}[0-9A-F]{2}\b/gi;

function factsOf(key: string, value: string): string[] {
  if (key === "meta") return matches(value, /(?:^|,)ctime=(\d+)/).map((ctime) => `ctime:${ctime}`);
  if (key === "smbios1") return matches(value, /(?:^|,)uuid=([0-9a-f-]+)/i).map((uuid) => `uuid:${uuid.toLowerCase()}`);
  if (/^net\d+$/.test(key)) return (value.match(macPattern) ?? []).map((mac) => `mac:${mac.toUpperCase()}`);
  return [];
}

function matches(text: string, pattern: RegExp): string[] {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? [] : [found];
}
