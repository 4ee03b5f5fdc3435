import { spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { isRoot, unprivilegedIdOffset } from "../estate/write-tree";
import { type Estate, volumePath } from "../state/estate";
import { type GuestConfig, parseDrive, parseGuestConfig } from "../state/guest-config";
import { findGuest, saveGuest, setGuestStatus } from "../state/guests";
import { openArchive, readArchiveConfig } from "../storage/read-archive-config";
import { shellQuote } from "../vzdump/shell-quote";
import { isVolume, madeUnique, mountPointKeys, withoutDropped, withVolume } from "./restored-config";
import { shiftOwners } from "./shift-owners";
import { throttle } from "./throttle";

export type ContainerRestore = {
  directory: string;
  estate: Estate;
  node: string;
  vmid: number;
  archivePath: string;
  volumeId: string;
  storage: string;
  /** Settings given with the call; they win over those of the archive. */
  given: GuestConfig;
  isUnique: boolean;
  mayBindMount: boolean;
  bandwidthLimitKib: number;
};

const commonFlags = [
  ...["--one-file-system", "-p", "--sparse", "--numeric-owner", "--acls", "--xattrs"],
  ...["--xattrs-include=user.*", "--xattrs-include=security.capability"],
  ...["--warning=no-file-ignored", "--warning=no-xattr-write"],
];

/** Unpacks a container's archive into new volumes, with the lines of pve-container's Create.pm. */
export async function restoreContainer(restore: ContainerRestore, log: (line: string) => void): Promise<void> {
  const { directory, estate, node, vmid, archivePath, given } = restore;
  log(`recovering backed-up configuration from '${restore.volumeId}'`);
  const text = await readArchiveConfig(archivePath).catch((error: Error) => {
    throw new Error(`unable to restore CT ${vmid} - ${error.message}`);
  });
  if (text === undefined)
    throw new Error(`unable to restore CT ${vmid} - ERROR: archive contains no configuration file`);
  const recovered = withoutDropped(parseGuestConfig(text, "lxc"));
  const config = placeVolumes(restore, { ...recovered, ...given });

  const paths = mountPointKeys(config)
    .filter((key) => isVolume(config[key] ?? ""))
    .map((key) => {
      const { volume, options } = parseDrive(String(config[key]));
      return { key, inside: options.mp ?? "/", path: volumePath(directory, node, estate, volume) ?? "" };
    });
  const [root, ...mountPoints] = paths;
  if (!root) throw new Error(`unable to restore CT ${vmid} - rootfs configuration could not be recovered`);
  try {
    log(`restoring '${restore.volumeId}' now..`);
    log(`extracting archive '${archivePath}'`);
    await extract(restore, root.path, log);
    for (const mount of mountPoints) moveMountPoint(root.path, mount.path, mount.inside);
    rmSync(join(root.path, "etc/vzdump"), { recursive: true, force: true });
    if (isRoot && config.unprivileged === 1) for (const { path } of paths) shiftOwners(path, unprivilegedIdOffset);
  } catch (error) {
    for (const { path } of paths) rmSync(path, { recursive: true, force: true });
    throw new Error(`unable to restore CT ${vmid} - ${error instanceof Error ? error.message : String(error)}`);
  }
  log("merging backed-up and given configuration..");
  const before = findGuest(directory, vmid);
  saveGuest(directory, {
    vmid,
    type: "lxc",
    node,
    usedBytes: before?.usedBytes ?? 0,
    config: restore.isUnique ? madeUnique(config) : config,
  });
  setGuestStatus(directory, vmid, "stopped");
}

/** New volumes on the target storage for all mount points, or with a given rootfs for those given only. */
function placeVolumes(restore: ContainerRestore, config: GuestConfig): GuestConfig {
  const { vmid, given, storage } = restore;
  const isSimple = given.rootfs === undefined;
  const placed: GuestConfig = { ...config };
  let disk = 0;
  for (const key of mountPointKeys(config)) {
    const value = String(config[key]);
    if (!isSimple && given[key] === undefined) {
      delete placed[key];
      continue;
    }
    if (!isVolume(value)) {
      if (!restore.mayBindMount) {
        throw new Error(`unable to restore CT ${vmid} - restoring '${key}' to bind mount is only possible for root`);
      }
      continue;
    }
    const [, target = storage, gibibytes] = (isSimple ? null : /^([^:,]+):(\d+(?:\.\d+)?)(?:,|$)/.exec(value)) ?? [];
    const size = gibibytes === undefined ? (parseDrive(value).options.size ?? "0T") : sizeOf(gibibytes);
    const volume = volumeName(restore, target, vmid, disk++, size);
    const options = value
      .split(",")
      .slice(1)
      .filter((option) => !option.startsWith("size="));
    placed[key] = withVolume(["", ...options, `size=${size}`].join(","), volume);
  }
  return placed;
}

const sizeOf = (gibibytes: string) => (Number(gibibytes) === 0 ? "0T" : `${gibibytes}G`);

function volumeName({ estate }: ContainerRestore, storage: string, vmid: number, disk: number, size: string): string {
  const isDirectory = estate.storages.find((candidate) => candidate.storage === storage)?.type !== "zfspool";
  if (!isDirectory) return `${storage}:subvol-${vmid}-disk-${disk}`;
  return size === "0T"
    ? `${storage}:${vmid}/subvol-${vmid}-disk-${disk}.subvol`
    : `${storage}:${vmid}/vm-${vmid}-disk-${disk}.raw`;
}

async function extract(restore: ContainerRestore, target: string, log: (line: string) => void): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const limit = restore.bandwidthLimitKib > 0 ? restore.bandwidthLimitKib * 1024 : Number.POSITIVE_INFINITY;
  const { bytes, close } = openArchive(restore.archivePath);
  const args = [
    "xpf",
    "-",
    "--totals",
    ...commonFlags,
    "-C",
    target,
    "--skip-old-files",
    "--anchored",
    "--exclude",
    "./dev/*",
  ];
  const tar = spawn("tar", args, { stdio: ["pipe", "ignore", "pipe"], env: { ...process.env, LC_ALL: "C" } });
  let rest = "";
  tar.stderr.setEncoding("utf8").on("data", (piece: string) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) log(line);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.once("error", reject);
    tar.once("close", resolve);
  });
  await pipeline(bytes, throttle(limit), tar.stdin).catch(() => close());
  const code = await ended;
  if (code !== 0) throw new Error(`command 'tar ${args.map(shellQuote).join(" ")}' failed: exit code ${code}`);
}

/** The archive holds a mount point's files at its place in the tree; its volume holds them below the same path. */
function moveMountPoint(root: string, volume: string, inside: string): void {
  const [from, to] = [join(root, inside), join(volume, inside)];
  rmSync(volume, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  mkdirSync(from, { recursive: true });
  renameSync(from, to);
  mkdirSync(from);
}
