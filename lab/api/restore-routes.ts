import { existsSync } from "node:fs";
import { join } from "node:path";
import { restoreContainer } from "../restore/restore-container";
import { restoreVm } from "../restore/restore-vm";
import { storageDirectory } from "../state/estate";
import type { GuestConfig } from "../state/guest-config";
import { startGuest } from "../state/guest-power";
import { findGuest, type GuestType, guestStatus, removeGuest } from "../state/guests";
import { parseArchiveName } from "../storage/archive-names";
import { runTask } from "../tasks/run-task";
import { isAllowed, requirePrivilege } from "./access";
import { ApiError, handlerError, parameterError } from "./api-error";
import { backupVolume, requireBackupAccess } from "./content-routes";
import { removeVolumes } from "./guest-routes";
import { type Call, type Handler, optionalNumber, optionalText, taskUser, text } from "./handler";

/** Parameters that say how to restore; every other one is a setting of the new guest. */
const howTo = new Set(
  "archive bwlimit force ha-managed ignore-unpack-errors live-restore node ostemplate password pool restore ssh-public-keys start storage unique vmid".split(
    " ",
  ),
);

const kind = { lxc: "CT", qemu: "VM" } as const;

/** What can be said before a task is made: these are answers of the call itself. */
function checkTarget(call: Call, type: GuestType): void {
  const vmid = Number(call.parameters.vmid);
  const isForced = call.parameters.force === 1;
  const guest = findGuest(call.directory, vmid);
  const mayAllocate = isAllowed(call.caller, `/vms/${vmid}`, "VM.Allocate");
  const mayOverwrite = isForced && guest !== undefined && isAllowed(call.caller, `/vms/${vmid}`, "VM.Backup");
  if (!mayAllocate && !mayOverwrite) throw new ApiError(403, "Permission check failed\n");
  if (call.parameters.rootfs !== undefined) requirePrivilege(call.caller, `/vms/${vmid}`, "VM.Config.Disk");
  if (!guest) return;
  if (guest.type !== type || guest.node !== text(call, "node") || !isForced) {
    throw handlerError(`${kind[guest.type]} ${vmid} already exists on node '${guest.node}'`);
  }
  const isRunning = guestStatus(call.directory, vmid).status === "running";
  if (type === "lxc" && guest.config.protection === 1)
    throw handlerError(`unable to restore CT ${vmid} - protection mode enabled`);
  if (type === "lxc" && isRunning) throw handlerError("can't overwrite running container");
  if (isRunning) throw handlerError(`unable to restore VM ${vmid} - vm is running`);
}

function checkStorage(call: Call, name: string, content: "rootdir" | "images"): void {
  const storage = call.estate.storages.find((candidate) => candidate.storage === name);
  if (!storage) throw handlerError(`storage '${name}' does not exist`);
  requirePrivilege(call.caller, `/storage/${name}`, "Datastore.AllocateSpace");
  if (storage.content.split(",").includes(content)) return;
  const what = content === "rootdir" ? "container directories" : "vm images";
  throw parameterError({ storage: `storage '${name}' does not support ${what}` });
}

function archiveOf(call: Call, parameter: string) {
  const volume = text(call, parameter);
  if (!volume.includes(":")) {
    throw handlerError("Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.");
  }
  const { storage, fileName, volumeId } = backupVolume(call, volume);
  requireBackupAccess(call, storage, parseArchiveName(fileName)?.vmid);
  return { path: join(storageDirectory(call.directory, text(call, "node"), storage), "dump", fileName), volumeId };
}

function givenSettings({ parameters }: Call): GuestConfig {
  const settings = Object.entries(parameters).filter(([name]) => !howTo.has(name));
  return Object.fromEntries(settings.map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]));
}

/** The container that is overwritten goes first, as with the real --force. */
function removeFormer(call: Call): void {
  const former = findGuest(call.directory, Number(call.parameters.vmid));
  if (!former) return;
  removeVolumes(call, former);
  removeGuest(call.directory, former);
}

const restoreLxc: Handler = (call) => {
  const { directory, estate } = call;
  if (call.parameters.restore !== 1) throw handlerError("the lab makes containers from backups only: give restore=1");
  checkTarget(call, "lxc");
  const { path, volumeId } = archiveOf(call, "ostemplate");
  const storage = optionalText(call, "storage") ?? "local";
  checkStorage(call, storage, "rootdir");
  const [node, vmid] = [text(call, "node"), Number(call.parameters.vmid)];
  const spec = { node, type: "vzrestore", id: String(vmid), user: taskUser(call) };
  const { upid } = runTask(directory, spec, async (log) => {
    if (!existsSync(path)) {
      log(`recovering backed-up configuration from '${volumeId}'`);
      throw new Error(`unable to restore CT ${vmid} - volume '${volumeId}' does not exist`);
    }
    removeFormer(call);
    const restore = { directory, estate, node, vmid, volumeId, storage, archivePath: path };
    await restoreContainer(
      {
        ...restore,
        given: givenSettings(call),
        isUnique: call.parameters.unique === 1,
        mayBindMount: call.caller.userid === "root@pam" && call.caller.tokenId === undefined,
        bandwidthLimitKib: optionalNumber(call, "bwlimit") ?? 0,
      },
      log,
    );
    if (call.parameters.start === 1) await startGuest(directory, vmid);
  });
  return { data: upid };
};

const restoreQemu: Handler = (call) => {
  const { directory, estate } = call;
  if (call.parameters.archive === undefined) throw handlerError("the lab makes VMs from backups only: give archive");
  if (call.parameters["live-restore"] === 1) {
    throw handlerError("live-restore is only compatible with backup images from a Proxmox Backup Server");
  }
  checkTarget(call, "qemu");
  const { path, volumeId } = archiveOf(call, "archive");
  const storage = optionalText(call, "storage");
  if (storage !== undefined) checkStorage(call, storage, "images");
  const [node, vmid] = [text(call, "node"), Number(call.parameters.vmid)];
  const spec = { node, type: "qmrestore", id: String(vmid), user: taskUser(call) };
  const { upid } = runTask(directory, spec, async (log) => {
    if (!existsSync(path)) throw new Error(`unable to restore VM ${vmid} - volume '${volumeId}' does not exist`);
    removeFormer(call);
    const how = { isUnique: call.parameters.unique === 1, bandwidthLimitKib: optionalNumber(call, "bwlimit") ?? 0 };
    await restoreVm(
      { directory, estate, node, vmid, archivePath: path, storage, given: givenSettings(call), ...how },
      log,
    );
    if (call.parameters.start === 1) await startGuest(directory, vmid);
  });
  return { data: upid };
};

export const restoreRoutes: Record<string, Handler> = {
  "POST /nodes/{node}/lxc": restoreLxc,
  "POST /nodes/{node}/qemu": restoreQemu,
};
