import { parseKeepOptions } from "../storage/prune-marks";

const contentTypes = ["backup", "images", "import", "iso", "none", "rootdir", "snippets", "vztmpl"];
const statusTypes = ["ok", "warning", "error", "unknown"];

const listItems = (text: string) => text.split(/[\s,;\0]+/).filter(Boolean);

/** What a value breaks of a named format, in the words of pve-common's and pve-storage's format checks. */
const complaints: Record<string, (text: string) => string | undefined> = {
  "pve-vmid": (text) => (/^[1-9]\d{2,8}$/.test(text) ? undefined : "value does not look like a valid VM ID"),
  "pve-vmid-list": (text) =>
    listItems(text).every((item) => /^[1-9]\d{2,8}$/.test(item)) ? undefined : "value does not look like a valid VM ID",
  "pve-node": (text) =>
    /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(text) ? undefined : "value does not look like a valid node name",
  "pve-storage-id": (text) =>
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(text) ? undefined : `storage ID '${text}' contains illegal characters`,
  "pve-storage-content": (text) => (contentTypes.includes(text) ? undefined : `invalid content type '${text}'`),
  "pve-storage-content-list": (text) => {
    const wrong = listItems(text).find((item) => !contentTypes.includes(item));
    return wrong === undefined ? undefined : `invalid content type '${wrong}'`;
  },
  "pve-task-status-type-list": (text) => {
    const wrong = listItems(text).find((item) => !statusTypes.includes(item));
    return wrong === undefined ? undefined : `invalid task status type '${wrong}'`;
  },
  "prune-backups": (text) => {
    const parsed = parseKeepOptions(text);
    return parsed.ok ? undefined : parsed.error;
  },
};

/** The 400 text for a value of a named format, or undefined where it is right or the lab does not know the format. */
export function formatComplaint(format: string, text: string): string | undefined {
  const complaint = complaints[format]?.(text);
  return complaint === undefined ? undefined : `invalid format - ${complaint}\n`;
}
