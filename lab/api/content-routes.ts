import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Storage, splitOnce, storageDirectory } from "../state/estate";
import { parseDrive, parseSizeBytes } from "../state/guest-config";
import { listGuests } from "../state/guests";
import { parseArchiveName } from "../storage/archive-names";
import {
  listArchives,
  readArchive,
  removeArchive,
  type StoredArchive,
  setProtected,
  writeNotes,
} from "../storage/dump-directory";
import { markBackups, parseKeepOptions } from "../storage/prune-marks";
import { runTask } from "../tasks/run-task";
import { activationError } from "../vzdump/job-context";
import { isAllowed, requirePrivilege } from "./access";
import { handlerError } from "./api-error";
import { type Call, type Handler, optionalNumber, optionalText, taskUser, text } from "./handler";
import { storageOf } from "./storage-routes";

/** A backup is visible to who may allocate space on the storage and back its guest up; to others it is silently not. */
function mayAccessBackup({ caller }: Call, { storage }: Storage, vmid: number | undefined): boolean {
  if (isAllowed(caller, `/storage/${storage}`, "Datastore.Allocate")) return true;
  const isGuests = vmid !== undefined && isAllowed(caller, `/vms/${vmid}`, "VM.Backup");
  return isGuests && isAllowed(caller, `/storage/${storage}`, "Datastore.AllocateSpace");
}

function dumpDirectory(call: Call, storage: Storage): string {
  if (storage.isMissing) throw handlerError(activationError(storage));
  return join(storageDirectory(call.directory, text(call, "node"), storage), "dump");
}

/** The volume of the path, which may leave its storage out. */
function volumeOf(call: Call) {
  const { storage } = storageOf(call);
  const volume = text(call, "volume");
  return backupVolume(call, volume.startsWith(`${storage}:`) ? volume : `${storage}:${volume}`);
}

/** `STORE:backup/NAME` taken apart; dies on what is no backup's name. */
export function backupVolume(call: Call, volumeId: string): { storage: Storage; fileName: string; volumeId: string } {
  const [storageId, name = ""] = splitOnce(volumeId, ":");
  const storage = call.estate.storages.find((candidate) => candidate.storage === storageId);
  if (!storage) throw handlerError(`storage '${storageId}' does not exist`);
  const fileName = /^backup\/([^/]+)$/.exec(name)?.[1];
  if (fileName === undefined || !parseArchiveName(fileName)) {
    throw handlerError(`unable to parse directory volume name '${name}'`);
  }
  return { storage, fileName, volumeId };
}

function backupEntry(storage: Storage, archive: StoredArchive) {
  const { fileName, format, sizeBytes, createdAt, subtype, vmid, notes, isProtected } = archive;
  return {
    volid: `${storage.storage}:backup/${fileName}`,
    content: "backup",
    format,
    size: sizeBytes,
    ctime: Math.floor(createdAt.getTime() / 1000),
    subtype,
    ...(vmid === undefined ? {} : { vmid }),
    ...(notes === undefined ? {} : { notes: notes.split("\n")[0] }),
    ...(isProtected ? { protected: 1 } : {}),
  };
}

const getContent: Handler = (call) => {
  const storage = storageOf(call);
  const content = optionalText(call, "content");
  const vmid = optionalNumber(call, "vmid");
  const isWanted = (kind: string) => (!content || content === kind) && storage.content.split(",").includes(kind);
  const backups = isWanted("backup") ? listArchives(dumpDirectory(call, storage)) : [];
  const visible = backups.filter(
    (archive) => (vmid === undefined || archive.vmid === vmid) && mayAccessBackup(call, storage, archive.vmid),
  );
  const volumes = [...(isWanted("rootdir") ? ["rootdir"] : []), ...(isWanted("images") ? ["images"] : [])];
  if (storage.isMissing) throw handlerError(activationError(storage));
  const entries = [
    ...guestVolumes(call, storage, volumes, vmid),
    ...visible.map((archive) => backupEntry(storage, archive)),
  ];
  return { data: entries.toSorted((a, b) => (a.volid.toLowerCase() < b.volid.toLowerCase() ? -1 : 1)) };
};

/** Volumes of guests; backups apart, these are all that storages of the lab hold. */
function guestVolumes(call: Call, storage: Storage, kinds: readonly string[], onlyVmid: number | undefined) {
  const guests = listGuests(call.directory).filter(
    (guest) => guest.node === text(call, "node") && (onlyVmid === undefined || guest.vmid === onlyVmid),
  );
  return guests.flatMap((guest) =>
    Object.entries(guest.config).flatMap(([key, value]) => {
      const content = guest.type === "lxc" ? "rootdir" : "images";
      if (!kinds.includes(content) || !/^(rootfs|(mp|scsi|virtio|sata|ide)\d+)$/.test(key)) return [];
      const { volume, options } = parseDrive(String(value));
      if (!volume.startsWith(`${storage.storage}:`)) return [];
      const format = volume.includes("subvol-") ? "subvol" : "raw";
      return [
        {
          volid: volume,
          content,
          format,
          size: parseSizeBytes(options.size),
          used: 0,
          ctime: 0,
          parent: null,
          vmid: guest.vmid,
        },
      ];
    }),
  );
}

const getVolume: Handler = (call) => {
  const { storage, fileName, volumeId } = volumeOf(call);
  const archive = readArchive(dumpDirectory(call, storage), fileName);
  if (!archive) throw handlerError(`volume_size_info on '${volumeId}' failed - no format`);
  requireBackupAccess(call, storage, archive.vmid);
  const sizeBytes = Math.ceil(archive.sizeBytes / 512) * 512;
  const { path, notes, isProtected } = archive;
  return {
    data: { path, size: sizeBytes, used: sizeBytes, format: "raw", notes: notes ?? "", protected: isProtected ? 1 : 0 },
  };
};

export function requireBackupAccess(call: Call, storage: Storage, vmid: number | undefined): void {
  if (mayAccessBackup(call, storage, vmid)) return;
  requirePrivilege(call.caller, `/storage/${storage.storage}`, "Datastore.AllocateSpace");
  requirePrivilege(call.caller, `/vms/${vmid ?? ""}`, "VM.Backup");
}

const changeVolume: Handler = (call) => {
  const { storage, fileName, volumeId } = volumeOf(call);
  const archive = readArchive(dumpDirectory(call, storage), fileName);
  requireBackupAccess(call, storage, parseArchiveName(fileName)?.vmid);
  if (!archive) throw handlerError(`volume '${volumeId}' does not exist`);
  const notes = optionalText(call, "notes");
  if (notes !== undefined) writeNotes(archive.path, notes);
  if (call.parameters.protected !== undefined) setProtected(archive.path, call.parameters.protected === 1);
  return { data: null };
};

/** With a delay, a removal that is done by then answers null instead of its task. */
const deleteVolume: Handler = async (call) => {
  const { storage, fileName, volumeId } = volumeOf(call);
  const vmid = parseArchiveName(fileName)?.vmid;
  requireBackupAccess(call, storage, vmid);
  const folder = dumpDirectory(call, storage);
  const id = vmid === undefined ? storage.storage : `${vmid}@${storage.storage}`;
  const spec = { node: text(call, "node"), type: "imgdel", id, user: taskUser(call) };
  const { upid, done } = runTask(call.directory, spec, async (log) => {
    if (existsSync(join(folder, `${fileName}.protected`))) {
      throw new Error(`cannot remove protected volume 'backup/${fileName}' on '${storage.storage}'`);
    }
    if (!existsSync(join(folder, fileName))) log(`disk image '${join(folder, fileName)}' does not exist`);
    removeArchive(folder, fileName);
    log(`Removed volume '${volumeId}'`);
  });
  const delay = optionalNumber(call, "delay");
  if (delay === undefined) return { data: upid };
  const isDone = await Promise.race([done.then(() => true), sleep(delay * 1000, false, { ref: false })]);
  return { data: isDone ? null : upid };
};

const previewPrune: Handler = (call) => {
  const storage = storageOf(call);
  const asked = optionalText(call, "prune-backups") ?? storage.pruneBackups;
  if (asked === undefined) throw handlerError(`no prune-backups options configured for storage '${storage.storage}'`);
  const keep = parseKeepOptions(asked);
  const [type, vmid] = [optionalText(call, "type"), optionalNumber(call, "vmid")];
  const archives = listArchives(dumpDirectory(call, storage)).filter(
    (archive) => (type === undefined || archive.subtype === type) && (vmid === undefined || archive.vmid === vmid),
  );
  const groups = Map.groupBy(archives, (archive) => `${archive.subtype}/${archive.vmid}`);
  const data = [...groups.values()].flatMap((group) => {
    const marks = markBackups(group, keep.ok ? keep.keep : {});
    return group.map((archive) => ({
      volid: `${storage.storage}:backup/${archive.fileName}`,
      ctime: Math.floor(archive.createdAt.getTime() / 1000),
      mark: marks.get(archive),
      type: archive.subtype,
      ...(archive.vmid === undefined ? {} : { vmid: archive.vmid }),
    }));
  });
  return { data };
};

const base = "/nodes/{node}/storage/{storage}";

export const contentRoutes: Record<string, Handler> = {
  [`GET ${base}/content`]: getContent,
  [`GET ${base}/content/{volume}`]: getVolume,
  [`PUT ${base}/content/{volume}`]: changeVolume,
  [`DELETE ${base}/content/{volume}`]: deleteVolume,
  [`GET ${base}/prunebackups`]: previewPrune,
};
