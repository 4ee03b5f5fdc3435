import type { Estate } from "../state/estate";
import { listGuests } from "../state/guests";
import { tryLock, waitForLock } from "../state/named-lock";
import { backUpGuest } from "./back-up-guest";
import { JobFailure } from "./backup-failure";
import { type JobContext, jobEnvironment } from "./job-context";
import type { JobLog } from "./job-log";
import type { VzdumpOptions } from "./options";

export type Selection = { local: number[]; external: number[]; unknown: number[] };

/** Which guests an invocation means, split by whether they live on this node (pve-manager, get_included_guests). */
export function selectGuests(directory: string, node: string, estate: Estate, options: VzdumpOptions): Selection {
  const guests = listGuests(directory);
  const pool = estate.pools.find((candidate) => candidate.poolid === options.pool);
  const known = new Map(guests.map((guest) => [guest.vmid, guest.node]));
  const isExcluded = (vmid: number) => options.exclude.includes(vmid);
  const named = options.all ? [...known.keys()] : options.vmids;
  const chosen = pool ? pool.members.filter((vmid) => known.has(vmid)) : named;
  const kept = chosen.filter((vmid) => !isExcluded(vmid)).toSorted((a, b) => a - b);
  return {
    local: kept.filter((vmid) => known.get(vmid) === node),
    external: kept.filter((vmid) => known.has(vmid) && known.get(vmid) !== node),
    unknown: kept.filter((vmid) => !known.has(vmid)),
  };
}

/** Takes the node's one vzdump lock, waiting as long as --lockwait says. Undefined: somebody holds it too long. */
export async function takeGlobalLock(directory: string, node: string, options: VzdumpOptions, log: JobLog) {
  const name = `${directory}/vzdump/${node}`;
  const lockFile = "/var/run/vzdump.lock";
  const first = await tryLock(name);
  if (first) return first;
  if (options.lockWaitMinutes === 0) {
    log.taskError(`can't acquire lock '${lockFile}' (wait = 0)`);
    return undefined;
  }
  log.taskInfo("trying to get global lock - waiting...");
  const release = await waitForLock(name, options.lockWaitMinutes * 60_000, 250);
  if (release) log.taskInfo("got global lock");
  else log.taskError(`can't acquire lock '${lockFile}' - got timeout`);
  return release;
}

/** Backs up every chosen guest in ascending order. Throws JobFailure "job errors" when one of them failed. */
export async function runJob(context: JobContext, selection: Selection): Promise<void> {
  const { log, options } = context;
  const vmids = [...selection.local, ...selection.unknown].toSorted((a, b) => a - b);
  if (options.toStdout && vmids.length > 1)
    throw new JobFailure("you can only backup a single VM with option --stdout");
  log.taskInfo(`starting new backup job: ${options.commandLine}`);
  if (selection.external.length > 0) log.taskInfo(`skip external VMs: ${selection.external.join(", ")}`);
  callForJob(context, "job-start");
  let failures = 0;
  for (const vmid of vmids) if (!(await backUpGuest(context, vmid))) failures++;
  callForJob(context, "job-end");
  log.taskInfo(failures > 0 ? "Backup job finished with errors" : "Backup job finished successfully");
  if (failures > 0) throw new JobFailure("job errors");
}

/** A failing hook of the job fails the job, although its archives may all be good. */
function callForJob(context: JobContext, phase: "job-start" | "job-end"): void {
  const { hook, log } = context;
  const environment = jobEnvironment(context);
  try {
    hook(phase, environment);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    hook("job-abort", environment);
    log.taskError(`Backup job failed - ${message}`);
    throw new JobFailure(message);
  }
}
