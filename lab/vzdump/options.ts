import { parseKeepOptions } from "../storage/prune-marks";
import { notesTemplateComplaint } from "./notes-template";
import { shellQuote } from "./shell-quote";

export type BackupMode = "snapshot" | "suspend" | "stop";
export type Compression = "0" | "1" | "gzip" | "lzo" | "zstd";

/** What a backup was asked for, by the command line or by the API. */
export type VzdumpOptions = {
  vmids: number[];
  all: boolean;
  exclude: number[];
  pool?: string;
  node?: string;
  mode: BackupMode;
  compress: Compression;
  zstdThreads: number;
  storage?: string;
  dumpdir?: string;
  bandwidthLimitKib: number;
  ionice: number;
  lockWaitMinutes: number;
  notesTemplate?: string;
  isProtected: boolean;
  pruneBackups?: string;
  script?: string;
  remove: boolean;
  toStdout: boolean;
  isQuiet: boolean;
  stop: boolean;
  excludePaths: string[];
  stdExcludes: boolean;
  /** The command as the first line of the log has it. */
  commandLine: string;
};

export type ParsedOptions =
  | { ok: true; options: VzdumpOptions }
  /** Parameter names and what is wrong with them, in Proxmox's words. */
  | { ok: false; errors: Record<string, string> };

type Kind =
  | { type: "boolean" }
  | { type: "integer"; minimum?: number; maximum?: number }
  | { type: "string"; maxLength?: number; values?: readonly string[] }
  | { type: "vmids" }
  | { type: "array" };

const kinds: Record<string, Kind> = {
  all: { type: "boolean" },
  bwlimit: { type: "integer", minimum: 0 },
  compress: { type: "string", values: ["0", "1", "gzip", "lzo", "zstd"] },
  dumpdir: { type: "string" },
  exclude: { type: "vmids" },
  "exclude-path": { type: "array" },
  fleecing: { type: "string" },
  ionice: { type: "integer", minimum: 0, maximum: 8 },
  "job-id": { type: "string", maxLength: 50 },
  lockwait: { type: "integer", minimum: 0 },
  mailnotification: { type: "string", values: ["always", "failure"] },
  mailto: { type: "string" },
  mode: { type: "string", values: ["snapshot", "suspend", "stop"] },
  node: { type: "string" },
  "notes-template": { type: "string", maxLength: 1024 },
  "notification-mode": { type: "string", values: ["auto", "legacy-sendmail", "notification-system"] },
  "pbs-change-detection-mode": { type: "string", values: ["legacy", "data", "metadata"] },
  performance: { type: "string" },
  pigz: { type: "integer" },
  pool: { type: "string" },
  protected: { type: "boolean" },
  "prune-backups": { type: "string" },
  quiet: { type: "boolean" },
  remove: { type: "boolean" },
  script: { type: "string" },
  stdexcludes: { type: "boolean" },
  stdout: { type: "boolean" },
  stop: { type: "boolean" },
  stopwait: { type: "integer", minimum: 0 },
  storage: { type: "string" },
  tmpdir: { type: "string" },
  vmid: { type: "vmids" },
  zstd: { type: "integer" },
};

/** Reads a command line: VMIDs anywhere, `--option value` or `--option=value`, a boolean with or without its value. */
export function parseArguments(argv: readonly string[]): ParsedOptions {
  const given: [string, string][] = [];
  const vmids: string[] = [];
  const errors: Record<string, string> = {};
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const [, name, inline] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) {
      vmids.push(...argument.split(/[,;\s]+/).filter(Boolean));
      continue;
    }
    const kind = kinds[name];
    if (!kind) return { ok: false, errors: { "": `Unknown option: ${name}\n400 unable to parse option` } };
    const next = argv[index + 1];
    if (inline !== undefined) given.push([name, inline]);
    else if (kind.type === "boolean" && (next === undefined || !booleanWord.test(next))) given.push([name, "1"]);
    else if (next === undefined)
      return { ok: false, errors: { "": `Option ${name} requires an argument\n400 unable to parse option` } };
    else {
      given.push([name, next]);
      index++;
    }
  }
  if (vmids.length > 0) given.unshift(["vmid", vmids.join(",")]);
  return readOptions(given, errors);
}

const booleanWord = /^(0|1|on|off|yes|no|true|false)$/i;

/** Checks and types named options, as many times as each was given. */
export function readOptions(given: readonly [string, string][], errors: Record<string, string> = {}): ParsedOptions {
  const values = new Map<string, string>();
  const excludePaths: string[] = [];
  for (const [name, value] of given) {
    if (name === "exclude-path") excludePaths.push(value);
    else values.set(name, value);
    const complaint = complaintAbout(name, value);
    if (complaint) errors[name] = complaint;
  }
  if (
    !values.has("vmid") &&
    !isSet(values, "stop") &&
    !isSet(values, "all") &&
    !values.has("pool") &&
    !values.has("exclude")
  ) {
    errors.vmid = "property is missing";
  }
  for (const name of ["notes-template", "protected"]) {
    if (values.has(name) && !values.has("storage"))
      errors.storage = `missing property - '${name}' requires this property`;
  }
  if (values.has("vmid")) {
    for (const other of ["all", "exclude", "pool"]) {
      if (values.has(other)) errors[other] = "option conflicts with option 'vmid'";
    }
  }
  const noteComplaint = values.has("notes-template")
    ? notesTemplateComplaint(values.get("notes-template") ?? "")
    : undefined;
  if (noteComplaint) errors["notes-template"] = `${noteComplaint}\n`;
  if (Object.keys(errors).length > 0) return { ok: false, errors };

  const text = (name: string) => values.get(name);
  const number = (name: string, otherwise: number) => Number(values.get(name) ?? otherwise);
  const options: VzdumpOptions = {
    vmids: vmidList(text("vmid")),
    all: isSet(values, "all") || (values.has("exclude") && !values.has("pool")),
    exclude: vmidList(text("exclude")),
    mode: (text("mode") ?? "snapshot") as BackupMode,
    compress: (text("compress") ?? "0") as Compression,
    zstdThreads: number("zstd", 1),
    bandwidthLimitKib: number("bwlimit", 0),
    ionice: number("ionice", 7),
    lockWaitMinutes: number("lockwait", 180),
    isProtected: isSet(values, "protected"),
    remove: values.has("remove") ? isSet(values, "remove") : true,
    toStdout: isSet(values, "stdout"),
    isQuiet: isSet(values, "quiet"),
    stop: isSet(values, "stop"),
    excludePaths,
    stdExcludes: values.has("stdexcludes") ? isSet(values, "stdexcludes") : true,
    commandLine: commandLine(given),
  };
  for (const [name, key] of optionalTexts) {
    const value = values.get(name);
    if (value !== undefined) options[key] = value;
  }
  return { ok: true, options };
}

const optionalTexts = [
  ["storage", "storage"],
  ["dumpdir", "dumpdir"],
  ["pool", "pool"],
  ["node", "node"],
  ["notes-template", "notesTemplate"],
  ["prune-backups", "pruneBackups"],
  ["script", "script"],
] as const;

function complaintAbout(name: string, value: string): string | undefined {
  const kind = kinds[name];
  if (!kind) return "property is not defined in schema and the schema does not allow additional properties";
  if (kind.type === "boolean" && !booleanWord.test(value)) return `type check ('boolean') failed - got '${value}'`;
  if (kind.type === "vmids" && vmidWords(value).some((word) => !/^[1-9]\d{2,8}$/.test(word))) {
    return "invalid format - value does not look like a valid VM ID\n";
  }
  if (kind.type === "integer") {
    if (!/^[+-]?\d+$/.test(value)) return `type check ('integer') failed - got '${value}'`;
    if (kind.minimum !== undefined && Number(value) < kind.minimum)
      return `value must have a minimum value of ${kind.minimum}`;
    if (kind.maximum !== undefined && Number(value) > kind.maximum)
      return `value must have a maximum value of ${kind.maximum}`;
  }
  if (name === "prune-backups") {
    const parsed = parseKeepOptions(value);
    if (!parsed.ok) return `invalid format - ${parsed.error}\n`;
  }
  if (kind.type === "string" && kind.values && !kind.values.includes(value)) {
    return `value '${value}' does not have a value in the enumeration '${kind.values.join(", ")}'`;
  }
  if (kind.type === "string" && kind.maxLength !== undefined && value.length > kind.maxLength) {
    return `value may only be ${kind.maxLength} characters long`;
  }
  return undefined;
}

const isSet = (values: Map<string, string>, name: string) => /^(1|on|yes|true)$/i.test(values.get(name) ?? "");
const vmidWords = (list: string) => list.split(/[,;\s]+/).filter(Boolean);
const vmidList = (list: string | undefined) => [...new Set(vmidWords(list ?? "").map(Number))];

/** The order of options is random in the real log; here it is the order given. --stdout is not shown. */
function commandLine(given: readonly [string, string][]): string {
  const shown = given.filter(([name]) => !["vmid", "stdout"].includes(name));
  const vmids = given.filter(([name]) => name === "vmid").flatMap(([, list]) => vmidWords(list));
  return ["vzdump", ...vmids, ...shown.flatMap(([name, value]) => [`--${name}`, shellQuote(value)])].join(" ");
}
