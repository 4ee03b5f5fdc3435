/** Values as the API gives them: numbers where Proxmox has integers. Keys as in the guest's .conf file. */
export type GuestConfig = Record<string, string | number>;

/** The .conf text of a guest: the description as leading `#` lines, then the keys sorted (pve-container, pve-qemu). */
export function renderGuestConfig(config: GuestConfig): string {
  const { description, ...settings } = config;
  const notes = description === undefined ? [] : descriptionLines(String(description));
  const keys = Object.keys(settings).toSorted();
  return [...notes, ...keys.map((key) => `${key}: ${settings[key]}`)].map((line) => `${line}\n`).join("");
}

function descriptionLines(description: string): string[] {
  return description
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `#${encodeConfigText(line)}`);
}

/** Everything but printable ASCII, and the colon, is percent-encoded (pve-common, PVE::Tools::encode_text). */
function encodeConfigText(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x3a;
      return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function decodeConfigText(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = /^%([0-9A-Fa-f]{2})/.exec(text.slice(at, at + 3))?.[1];
    if (hex === undefined) bytes.push(text.charCodeAt(at) & 0xff);
    else bytes.push(Number.parseInt(hex, 16));
    if (hex !== undefined) at += 2;
  }
  return Buffer.from(bytes).toString("utf8");
}

/** Reads what renderGuestConfig writes. Keys that the API gives as integers are integers again. */
export function parseGuestConfig(text: string, type: "lxc" | "qemu"): GuestConfig {
  const integerKeys = type === "lxc" ? containerIntegers : vmIntegers;
  const config: GuestConfig = {};
  const notes: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("[")) break;
    if (line.startsWith("#qmdump#") || line.startsWith("#vzdump#")) continue;
    if (line.startsWith("#")) {
      notes.push(decodeConfigText(line.slice(1)));
      continue;
    }
    const [, key, value] = /^([a-z][a-z_\d]*):\s*(.*?)\s*$/i.exec(line) ?? [];
    if (key !== undefined && value !== undefined) config[key] = integerKeys.has(key) ? Number(value) : value;
  }
  if (notes.length > 0) config.description = `${notes.join("\n")}\n`;
  return config;
}

const commonIntegers = ["cores", "onboot", "protection", "template"];
const containerIntegers = new Set([...commonIntegers, "memory", "swap", "unprivileged"]);
/** Of a VM, memory is a property string. */
const vmIntegers = new Set([...commonIntegers, "sockets", "numa"]);

/** `STORE:VOL,mp=/srv,backup=1` as its volume and its options. */
export function parseDrive(value: string): { volume: string; options: Record<string, string> } {
  const [volume = "", ...rest] = value.split(",");
  const options: Record<string, string> = {};
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0) options[part.slice(0, at)] = part.slice(at + 1);
  }
  return { volume, options };
}

const unitBytes: Record<string, number> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `8G` in bytes; 0 for what is not a size. */
export function parseSizeBytes(size: string | undefined): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? "") ?? [];
  return number === undefined ? 0 : Math.round(Number(number) * (unitBytes[unit] ?? 1));
}
