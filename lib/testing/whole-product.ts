import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { type RunningLab, startLab } from "@/lab/start-lab";
import { db } from "@/lib/db/client";
import type { RunRow } from "@/lib/db/runs";
import { isRunOver } from "@/lib/domain/run";
import { seed } from "@/lib/services/seed";
import { startRun } from "@/lib/services/start-run";
import { insertPolicy } from "./rows";

export type WorkerProcess = {
  process: ChildProcess;
  /** All it wrote to its log so far, for a test that failed. */
  output: () => string;
  /** Ends it as a crash would: nothing of its own can be tidied up. Dumps and transfers live on. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
};

type Environment = Record<string, string>;

/** The lab and real worker processes around the test file's own Postgres and Redis (provideTestStack comes first). */
export function provideLab({ estate = "tiny" as const, additions = {} as Environment } = {}) {
  const workers = new Set<WorkerProcess>();
  let directory = "";
  let lab: RunningLab | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "undercroft-lab-"));
    lab = await startLab({ directory, estate });
    const { description } = lab;
    const variables: Environment = {
      PVE_URL: description.apiUrl,
      PVE_TOKEN_ID: description.tokenId,
      PVE_TOKEN_SECRET: description.tokenSecret,
      PVE_FINGERPRINT: description.fingerprint,
      RCLONE_CONFIG: description.rcloneConfigPath,
      UNDERCROFT_PRIMARY: description.remotes.primary,
      UNDERCROFT_SECONDARY: description.remotes.secondary,
      UNDERCROFT_TERTIARY: description.remotes.tertiary,
      UNDERCROFT_RETRY_DELAYS_SECONDS: "1",
      ...additions,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });

  afterEach(async () => {
    await Promise.all([...workers].map((worker) => worker.stop()));
    workers.clear();
    await running().remotes?.setUp("labsftp", true);
    await running().remotes?.setUp("labdav", true);
    await running().remotes?.setUp("labs3", true);
    await running().remotes?.setFaults("labs3", []);
    await control("PUT", "faults", {});
    await control("PUT", "clock", { now: null });
  });

  afterAll(async () => {
    await lab?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function running(): RunningLab {
    if (!lab) throw new Error("the lab is not running");
    return lab;
  }

  async function control(method: string, path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${running().description.controlUrl}/lab/${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    if (!response.ok) throw new Error(`the lab refused ${method} ${path}: ${await response.text()}`);
    return response.json();
  }

  async function startWorker(nodeName: string): Promise<WorkerProcess> {
    const node = nodeNamed(nodeName);
    const worker = spawnWorker({
      UNDERCROFT_NODE: node.name,
      UNDERCROFT_DUMP_DIR: node.dumpDirectory,
      UNDERCROFT_STATE_DIR: node.stateDirectory,
      UNDERCROFT_HOST_ROOT: node.hostRoot,
      UNDERCROFT_VZDUMP: node.vzdump,
      LOG_LEVEL: "info",
    });
    workers.add(worker);
    await until(
      () => /worker ready/.test(worker.output()),
      () => `the worker of ${nodeName} did not start:\n${worker.output()}`,
      () => worker.process.exitCode === null,
    );
    return worker;
  }

  function nodeNamed(name: string) {
    const node = running().description.nodes.find((other) => other.name === name);
    if (!node) throw new Error(`the lab has no node ${name}`);
    return node;
  }

  return { lab: running, control, startWorker, node: nodeNamed };
}

function spawnWorker(environment: Environment): WorkerProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "worker/main.ts"], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return { process: child, output: () => output, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

/** Waits until something is so. Fails with `explain` after two minutes and a half, or once it can no longer become so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  explain: () => string | Promise<string>,
  mayBecomeSo: () => boolean = () => true,
): Promise<void> {
  const deadline = performance.now() + 150_000;
  while (!(await isSo())) {
    if (performance.now() > deadline || !mayBecomeSo()) throw new Error(await explain());
    await sleep(50);
  }
}

/** A policy of the lab's cluster over all guests and all four destinations. */
export async function seedPolicy(settings: Record<string, unknown> = {}, keep = { local: 2, remote: 15 }) {
  await seed();
  const cluster = await db().cluster.findFirstOrThrow();
  const destinations = await db().destination.findMany({ where: { clusterId: cluster.id } });
  return insertPolicy({ cluster, destinations }, { settings, keep });
}

export async function beginRunOf(policyId: string): Promise<RunRow> {
  return startRun({ policyId, trigger: "user", requestedBy: "mira", now: new Date() });
}

/** The run once it is over; a run that does not end fails with its steps. */
export async function endOfRun(runId: string): Promise<RunRow> {
  const read = () => db().run.findUniqueOrThrow({ where: { id: runId } });
  await until(
    async () => isRunOver((await read()).status),
    async () => `the run did not end: ${JSON.stringify(await stepsInWords(runId), null, 1)}`,
  );
  return read();
}

/** "101 copy secondary": "failed: labdav does not answer." */
export async function stepsInWords(runId: string): Promise<Record<string, string>> {
  const steps = await db().step.findMany({ where: { runId }, include: { guest: true }, orderBy: { position: "asc" } });
  return Object.fromEntries(
    steps.map(({ guest, kind, slot, status, faultCause }) => [
      `${guest.vmid ?? guest.name} ${kind} ${slot}`,
      faultCause ? `${status}: ${faultCause}` : status,
    ]),
  );
}
