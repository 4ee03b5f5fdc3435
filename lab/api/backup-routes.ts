import { existsSync } from "node:fs";
import { join } from "node:path";
import { storageDirectory } from "../state/estate";
import { parseArchiveName } from "../storage/archive-names";
import { readArchiveConfig } from "../storage/read-archive-config";
import { appendTaskLog, closeTask, endWithoutStatus, openTask } from "../tasks/task-store";
import { readOptions, type VzdumpOptions } from "../vzdump/options";
import { selectGuests } from "../vzdump/run-job";
import { startWorker, type WorkerVerdict } from "../vzdump/start-worker";
import { isAllowed, requirePrivilege } from "./access";
import { handlerError, parameterError } from "./api-error";
import { backupVolume, requireBackupAccess } from "./content-routes";
import { type Call, type Handler, optionalText, taskUser, text } from "./handler";

/** Options only root itself may give, not even a token of root's. */
const rootOnly = ["dumpdir", "job-id", "script", "tmpdir"];

const startBackup: Handler = (call) => {
  const { caller, parameters, estate, directory } = call;
  if (parameters.stdout !== undefined)
    throw parameterError({ stdout: "option is only allowed on the command line interface." });
  const isRoot = caller.userid === "root@pam" && caller.tokenId === undefined;
  const refused = rootOnly.filter((name) => parameters[name] !== undefined && !isRoot);
  if (refused.length > 0)
    throw parameterError(Object.fromEntries(refused.map((name) => [name, "Only root may set this option."])));
  for (const name of ["bwlimit", "ionice", "performance"]) {
    if (parameters[name] !== undefined) requirePrivilege(caller, "/", "Sys.Modify");
  }
  const storage = optionalText(call, "storage") ?? "local";
  if (parameters["prune-backups"] !== undefined) requirePrivilege(caller, `/storage/${storage}`, "Datastore.Allocate");
  if (parameters.dumpdir === undefined) requirePrivilege(caller, `/storage/${storage}`, "Datastore.AllocateSpace");

  const parsed = readOptions(givenOptions(call));
  if (!parsed.ok) throw parameterError(parsed.errors);
  const options = withoutForbidden(call, parsed.options);
  const node = text(call, "node");
  const selection = selectGuests(directory, node, estate, options);
  const vmids = [...selection.local, ...selection.unknown];
  if (vmids.length === 0) return { data: "OK" };
  return { data: startTask(call, options, vmids.length === 1 ? String(vmids[0]) : "") };
};

function givenOptions({ parameters }: Call): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, String(item)]),
  );
}

/** Guests that were named and may not be backed up are refused; with --all they are left out in silence. */
function withoutForbidden({ caller }: Call, options: VzdumpOptions): VzdumpOptions {
  const mayBackUp = (vmid: number) => isAllowed(caller, `/vms/${vmid}`, "VM.Backup");
  if (!options.all) for (const vmid of options.vmids) requirePrivilege(caller, `/vms/${vmid}`, "VM.Backup");
  return { ...options, vmids: options.vmids.filter(mayBackUp) };
}

function startTask(call: Call, options: VzdumpOptions, taskId: string): string {
  const { directory } = call;
  const { child, upid, begin } = startWorker({ directory, node: text(call, "node"), options }, taskUser(call), taskId);
  openTask(directory, upid);
  child.stderr?.on("data", (piece: Buffer) => appendTaskLog(directory, upid, piece.toString("utf8")));
  let verdict: WorkerVerdict | undefined;
  child.on("message", (message: WorkerVerdict) => {
    verdict = message;
  });
  child.once("close", () => {
    if (verdict) closeTask(directory, upid, verdict.status);
    else endWithoutStatus(directory, upid);
  });
  begin();
  return upid;
}

const getDefaults: Handler = (call) => {
  const storageId = optionalText(call, "storage") ?? "local";
  const storage = call.estate.storages.find((candidate) => candidate.storage === storageId);
  const folder = storage ? storageDirectory(call.directory, text(call, "node"), storage) : "/var/lib/vz";
  const mayAudit = isAllowed(call.caller, "/", "Sys.Audit");
  return {
    data: {
      all: 0,
      bwlimit: 0,
      compress: "0",
      fleecing: { enabled: 0 },
      lockwait: 180,
      mailnotification: "always",
      mode: "snapshot",
      "notification-mode": "auto",
      performance: { "max-workers": 16, "pbs-entries-max": 1_048_576 },
      pigz: 0,
      "prune-backups": storage?.pruneBackups ?? "keep-all=1",
      quiet: 0,
      remove: 1,
      stdexcludes: 1,
      stop: 0,
      stopwait: 10,
      storage: storageId,
      zstd: 1,
      ...(mayAudit ? { ionice: 7, dumpdir: join(folder, "dump") } : {}),
    },
  };
};

const extractConfig: Handler = async (call) => {
  const { storage, fileName, volumeId } = backupVolume(call, text(call, "volume"));
  requireBackupAccess(call, storage, parseArchiveName(fileName)?.vmid);
  const path = join(storageDirectory(call.directory, text(call, "node"), storage), "dump", fileName);
  if (!existsSync(path)) throw handlerError(`volume '${volumeId}' does not exist`);
  const config = await readArchiveConfig(path);
  if (config === undefined) throw handlerError(`unable to find a configuration in '${volumeId}'`);
  return { data: config };
};

export const backupRoutes: Record<string, Handler> = {
  "POST /nodes/{node}/vzdump": startBackup,
  "GET /nodes/{node}/vzdump/defaults": getDefaults,
  "GET /nodes/{node}/vzdump/extractconfig": extractConfig,
};
