import { join } from "node:path";
import { readJson } from "./json-file";
import { labPlaces, nodePlaces } from "./places";

/** Volumes of `zfspool` and `btrfs` can be snapshotted, those of `dir` cannot. */
export type StorageType = "dir" | "zfspool" | "btrfs";

export type Storage = {
  storage: string;
  type: StorageType;
  /** On the node, as /etc/pve/storage.cfg has it. */
  path?: string;
  pool?: string;
  content: string;
  pruneBackups?: string;
  isMountpoint?: boolean;
  /** 0: Proxmox does not make missing directories. */
  mkdir?: 0;
  /** A mount point that is not mounted: the storage is inactive on every node. */
  isMissing?: boolean;
  /** What the file system holds at most; without it the machine's own figures count. */
  capacityBytes?: number;
  maxProtectedBackups?: number;
  disabled?: boolean;
};

/** What a user may do at a path of the ACL tree, e.g. VM.Backup at /vms. Always propagates downwards. */
export type Grant = { path: string; privileges: string[] };

export type ApiToken = {
  /** USER@REALM!TOKENNAME */
  tokenId: string;
  secret: string;
  expiresAtSeconds?: number;
  grants: Grant[];
};

/** Who may sign in with a password; root@pam is always there. */
export type User = { userid: string; password: string; grants: Grant[] };

export type Pool = { poolid: string; comment?: string; members: number[] };

export type Estate = {
  /** Absent for a stand-alone node. */
  clusterName?: string;
  nodes: string[];
  storages: Storage[];
  tokens: ApiToken[];
  users: User[];
  pools: Pool[];
  /** What a guest takes to stop and to start, so that the modes of vzdump are felt but tests stay quick. */
  shutdownMs: number;
  startMs: number;
};

export function readEstate(directory: string): Estate {
  const estate = readJson<Estate>(labPlaces(directory).estate);
  if (!estate) throw new Error(`there is no lab in ${directory}`);
  return estate;
}

/** The directory of a storage on a node: below the made-up root for paths, in the lab's own folder for pools. */
export function storageDirectory(directory: string, node: string, storage: Storage): string {
  const places = nodePlaces(directory, node);
  return storage.path ? join(places.root, storage.path) : join(places.volumes, storage.storage);
}

/** Where a guest's volume lies, e.g. `local-zfs:subvol-101-disk-0` or `local:101/vm-101-disk-0.raw`. */
export function volumePath(directory: string, node: string, estate: Estate, volumeId: string): string | undefined {
  const [storageId = "", name = ""] = splitOnce(volumeId, ":");
  const storage = estate.storages.find((candidate) => candidate.storage === storageId);
  if (!storage || name === "") return undefined;
  const folder = storageDirectory(directory, node, storage);
  return storage.path ? join(folder, "images", name) : join(folder, name);
}

export function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
