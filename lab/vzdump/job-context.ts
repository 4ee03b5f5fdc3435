import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Estate, type Storage, storageDirectory } from "../state/estate";
import { type KeepOptions, parseKeepOptions } from "../storage/prune-marks";
import { JobFailure } from "./backup-failure";
import type { HookEnvironment, RunHook } from "./hook-script";
import type { Interruptions } from "./interruption";
import type { JobLog } from "./job-log";
import type { VzdumpOptions } from "./options";

/** Where the archives of a job go and what is kept there. */
export type BackupTarget = { dumpDirectory: string; storage: Storage | undefined; keep: KeepOptions };

/** What all guests of one job share. */
export type JobContext = {
  directory: string;
  node: string;
  estate: Estate;
  options: VzdumpOptions;
  log: JobLog;
  interruptions: Interruptions;
  target: BackupTarget;
  hook: RunHook;
};

/** The target of a job, or a JobFailure in vzdump's words: these come before any line of the log. */
export function resolveTarget(directory: string, node: string, estate: Estate, options: VzdumpOptions): BackupTarget {
  if (options.storage !== undefined && options.dumpdir !== undefined) {
    throw new JobFailure("cannot use options 'storage' and 'dumpdir' at the same time");
  }
  const keep = (storage: Storage | undefined) => keepOptions(options.pruneBackups ?? storage?.pruneBackups);
  if (options.dumpdir !== undefined) {
    if (!existsSync(options.dumpdir)) throw new JobFailure(`dumpdir '${options.dumpdir}' does not exist`);
    return { dumpDirectory: options.dumpdir, storage: undefined, keep: keep(undefined) };
  }
  const name = options.storage ?? "local";
  const storage = estate.storages.find((candidate) => candidate.storage === name);
  if (!storage) {
    const missing = `storage '${name}' does not exist`;
    throw new JobFailure(
      `could not activate storage '${name}': ${missing}\ncould not get storage information for '${name}': ${missing}`,
    );
  }
  if (storage.isMissing) throw new JobFailure(`could not activate storage '${name}': ${activationError(storage)}`);
  if (storage.disabled) throw new JobFailure(`could not activate storage '${name}': storage '${name}' is disabled`);
  if (!storage.content.split(",").includes("backup")) {
    throw new JobFailure(
      `could not get storage information for '${name}': can't use storage '${name}' for backups - wrong content type`,
    );
  }
  return { dumpDirectory: join(storageDirectory(directory, node, storage), "dump"), storage, keep: keep(storage) };
}

/** Why a storage that is expected to be mounted is not active (pve-storage, DirPlugin). */
export function activationError(storage: Storage): string {
  return `unable to activate storage '${storage.storage}' - directory is expected to be a mount point but is not mounted: '${storage.path}'`;
}

function keepOptions(text: string | undefined): KeepOptions {
  const parsed = parseKeepOptions(text ?? "keep-all=1");
  return parsed.ok ? parsed.keep : { "keep-all": 1 };
}

/** What the hook script is told in every phase from job-start on. */
export function jobEnvironment({ node, target }: Pick<JobContext, "node" | "target">): HookEnvironment {
  const storage = target.storage ? { STOREID: target.storage.storage } : {};
  return { ...storage, DUMPDIR: target.dumpDirectory, HOSTNAME: node };
}
