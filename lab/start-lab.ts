import { mkdirSync, realpathSync, rmSync } from "node:fs";
import { readApiSettings, rememberPort } from "./api/api-settings";
import { startApi } from "./api/start-api";
import { startControl } from "./control/start-control";
import { holdConfigDatabase, writeConfigDatabase } from "./estate/config-database";
import { createEstate } from "./estate/create-estate";
import type { EstatePlan } from "./estate/estate-plan";
import { fullEstate } from "./estate/full-estate";
import { tinyEstate } from "./estate/tiny-estate";
import { type LabRemotes, startRemotes } from "./remotes/start-remotes";
import { type Estate, readEstate } from "./state/estate";
import { writeJson } from "./state/json-file";
import { tryLock } from "./state/named-lock";
import { labPlaces, nodePlaces } from "./state/places";
import { stopRunningJobs } from "./vzdump/stop-running-jobs";
import { writeLauncher } from "./vzdump/write-launcher";

/** What lab.json holds: everything a product needs to use the lab as its cluster. */
export type LabDescription = {
  /** https://127.0.0.1:PORT, without /api2/json. */
  apiUrl: string;
  tokenId: string;
  tokenSecret: string;
  /** A token that sees guests and storages, and an empty list of backups. */
  auditorTokenId: string;
  auditorTokenSecret: string;
  /** SHA-256 of the certificate, AA:BB:... */
  fingerprint: string;
  /** http://127.0.0.1:PORT; paths begin with /lab. */
  controlUrl: string;
  rcloneConfigPath: string;
  remotes: { primary: string; secondary: string; tertiary: string };
  nodes: { name: string; dumpDirectory: string; hostRoot: string; vzdump: string; stateDirectory: string }[];
};

export type RunningLab = {
  description: LabDescription;
  /** The servers of the remotes; undefined where they were not asked for. */
  remotes: LabRemotes | undefined;
  /** Stops the servers and the backups that run on its nodes. The estate stays. */
  stop: () => Promise<void>;
};

export type LabOptions = {
  /** Made if need be; holds the whole lab. A second start finds its estate there. */
  directory: string;
  estate?: "full" | "tiny" | EstatePlan;
  /** 0 or nothing: the port of the last start, else a free one. */
  apiPort?: number;
  /** False: no remotes are started, for tests that only need the cluster. */
  withRemotes?: boolean;
  /** For tests of many refusals; without it the real server's 3 seconds. */
  unauthorizedDelayMs?: number;
};

const estates = { full: fullEstate, tiny: tinyEstate };

/** Starts the lab inside this process and writes its lab.json. */
export async function startLab(options: LabOptions): Promise<RunningLab> {
  mkdirSync(options.directory, { recursive: true, mode: 0o755 });
  const directory = realpathSync(options.directory);
  const { labFile, remotes: remotesDirectory } = labPlaces(directory);
  const release = await tryLock(`${directory}/lab`);
  if (!release) throw new Error(`a lab runs in ${directory} already`);
  rmSync(labFile, { force: true });

  const plan = typeof options.estate === "object" ? options.estate : estates[options.estate ?? "full"];
  const running: { stop: () => Promise<void> }[] = [{ stop: release }];
  try {
    const estate = await createEstate(directory, plan);
    running.push({ stop: () => stopRunningJobs(directory, estate.nodes) });
    for (const node of estate.nodes) running.push(serveConfigDatabase(directory, node));
    const remembered = await readApiSettings(directory);
    const settings = {
      ...remembered,
      unauthorizedDelayMs: options.unauthorizedDelayMs ?? remembered.unauthorizedDelayMs,
    };
    const api = await startOnRememberedPort(directory, options.apiPort || settings.port, settings);
    running.push(api);
    const remotes = options.withRemotes === false ? undefined : await startRemotes({ directory: remotesDirectory });
    if (remotes) running.push(remotes);
    const control = await startControl({ directory, remotes });
    running.push(control);

    const description = describeLab(directory, estate, {
      apiUrl: `https://127.0.0.1:${api.port}`,
      controlUrl: control.url,
      fingerprint: settings.fingerprint,
      rcloneConfigPath: remotes?.rcloneConfigPath ?? "",
      remotes: remotes?.remotes ?? { primary: "", secondary: "", tertiary: "" },
    });
    writeJson(labFile, description, 0o600);
    return { description, remotes, stop: () => stopAll(running) };
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

/** Brings config.db up to what /etc/pve holds now, and keeps it open like a running node. */
function serveConfigDatabase(directory: string, node: string) {
  const { configDatabase, pmxcfs } = nodePlaces(directory, node);
  writeConfigDatabase(configDatabase, pmxcfs);
  return holdConfigDatabase(configDatabase);
}

/** A port that somebody else took meanwhile is no reason not to start. */
async function startOnRememberedPort(
  directory: string,
  port: number,
  settings: Awaited<ReturnType<typeof readApiSettings>>,
) {
  const isTaken = (error: unknown) => error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const api = await startApi(directory, port, settings).catch((error: unknown) => {
    if (port !== 0 && isTaken(error)) return startApi(directory, 0, settings);
    throw error;
  });
  rememberPort(directory, api.port);
  return api;
}

function describeLab(
  directory: string,
  estate: Estate,
  servers: Pick<LabDescription, "apiUrl" | "controlUrl" | "fingerprint" | "rcloneConfigPath" | "remotes">,
): LabDescription {
  const [product, auditor] = readEstate(directory).tokens;
  const nodes = estate.nodes.map((name) => {
    const { dumpDirectory, root, stateDirectory } = nodePlaces(directory, name);
    return { name, dumpDirectory, hostRoot: root, vzdump: writeLauncher(directory, name), stateDirectory };
  });
  return {
    ...servers,
    tokenId: product?.tokenId ?? "",
    tokenSecret: product?.secret ?? "",
    auditorTokenId: auditor?.tokenId ?? "",
    auditorTokenSecret: auditor?.secret ?? "",
    nodes,
  };
}

async function stopAll(running: readonly { stop: () => Promise<void> }[]): Promise<void> {
  for (const part of running.toReversed()) await part.stop();
}
