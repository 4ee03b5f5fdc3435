import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Estate, readEstate, volumePath } from "../state/estate";
import { saveGuest, setGuestStatus } from "../state/guests";
import { writeFileAtomically, writeJson } from "../state/json-file";
import { labPlaces, nodePlaces } from "../state/places";
import { allPrivileges, auditorPrivileges } from "../state/privileges";
import type { EstatePlan, PlannedGuest } from "./estate-plan";
import { clusterFiles, nodeFiles } from "./host-files";
import type { TreeEntry } from "./tree-entry";
import { writeDisk } from "./write-disk";
import { isRoot, unprivilegedIdOffset, writeTree } from "./write-tree";

/** Lays an estate down below a directory. One that is there already is left as it is; a half one is made again. */
export async function createEstate(directory: string, plan: EstatePlan): Promise<Estate> {
  const places = labPlaces(directory);
  if (existsSync(places.estateMarker)) return readEstate(directory);

  for (const path of [places.guests, places.status, places.nodes]) rmSync(path, { recursive: true, force: true });
  const estate: Estate = {
    ...plan.estate,
    users: plan.users ?? [
      { userid: "root@pam", password: randomUUID(), grants: [{ path: "/", privileges: allPrivileges }] },
    ],
    tokens: [
      { tokenId: "undercroft@pve!lab", secret: randomUUID(), grants: [{ path: "/", privileges: allPrivileges }] },
      {
        tokenId: "auditor@pve!readonly",
        secret: randomUUID(),
        grants: [{ path: "/", privileges: auditorPrivileges }],
      },
      ...(plan.tokens ?? []),
    ],
  };
  mkdirSync(places.guests, { recursive: true });
  writeJson(places.estate, estate, 0o600);
  for (const node of estate.nodes) createNode(directory, estate, node);
  for (const guest of plan.guests) await createGuest(directory, estate, guest);
  writeFileSync(places.estateMarker, "");
  return estate;
}

function createNode(directory: string, estate: Estate, node: string): void {
  const places = nodePlaces(directory, node);
  for (const path of [places.dumpDirectory, places.volumes, places.guestLogs, places.tasks, places.stateDirectory]) {
    mkdirSync(path, { recursive: true });
  }
  for (const storage of estate.storages) {
    if (!storage.path || storage.isMissing) continue;
    if (storage.content.includes("backup")) mkdirSync(join(places.root, storage.path, "dump"), { recursive: true });
    mkdirSync(join(places.root, storage.path, "images"), { recursive: true });
  }
  mkdirSync(join(places.root, "var/lib/pve-cluster"), { recursive: true, mode: 0o700 });
  for (const { path, text, mode } of nodeFiles(node, estate.nodes)) {
    writeFileAtomically(join(places.root, path), text, mode);
  }
  for (const { path, text, mode } of clusterFiles(estate)) {
    writeFileAtomically(join(places.pmxcfs, path), text, mode ?? 0o640);
  }
  chmodSync(join(places.pmxcfs, "priv"), 0o700);
  for (const member of estate.nodes) {
    mkdirSync(join(places.pmxcfs, "nodes", member, "lxc"), { recursive: true });
    mkdirSync(join(places.pmxcfs, "nodes", member, "qemu-server"), { recursive: true });
  }
  writeFileAtomically(places.mappedIds, mappedIdsText());
}

/** For tar's --owner-map: ids of the host as those inside an unprivileged container; the host's root is nobody there. */
function mappedIdsText(): string {
  const lines = ["+0 +65534"];
  for (let id = 0; id < 65_536; id++) lines.push(`+${id + unprivilegedIdOffset} +${id}`);
  return `${lines.join("\n")}\n`;
}

/** Lays down one guest's volumes, then its configuration and status. */
export async function createGuest(directory: string, estate: Estate, planned: PlannedGuest): Promise<void> {
  const { guest } = planned;
  const pathOf = (volume: string) => {
    const path = volumePath(directory, guest.node, estate, volume);
    if (!path) throw new Error(`guest ${guest.vmid} names the volume '${volume}' of a storage that is not there`);
    return path;
  };
  const idOffset = guest.config.unprivileged === 1 ? unprivilegedIdOffset : 0;
  for (const tree of planned.trees ?? []) await writeTree(pathOf(tree.volume), tree.entries, idOffset);
  for (const disk of planned.disks ?? []) {
    writeDisk(`${pathOf(disk.volume)}`, disk.sizeBytes, disk.seed, disk.regions);
  }
  saveGuest(directory, { ...guest, usedBytes: usedBytes(planned) });
  setGuestStatus(directory, guest.vmid, planned.isRunning ? "running" : "stopped");
}

function usedBytes({ trees = [], disks = [] }: PlannedGuest): number {
  const ofEntry = (entry: TreeEntry) => (entry.kind === "file" ? entry.sizeBytes : 0);
  const inTrees = trees.flatMap((tree) => tree.entries.map(ofEntry)).reduce((sum, size) => sum + size, 0);
  const inDisks = disks
    .flatMap((disk) => disk.regions.map((region) => region.sizeBytes))
    .reduce((sum, size) => sum + size, 0);
  return inTrees + inDisks;
}

/** What an estate lacks where this process is not root; undefined where it lacks nothing. */
export const rootlessNote = isRoot
  ? undefined
  : "not run as root: all files belong to this user, and device nodes and unreadable files are left out";
