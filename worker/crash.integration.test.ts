import { readdirSync } from "node:fs";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { config } from "@/lib/config";
import { db } from "@/lib/db/client";
import type { StepKind } from "@/lib/domain/step";
import { provideTestStack } from "@/lib/testing/test-stack";
import { beginRunOf, endOfRun, provideLab, seedPolicy, stepsInWords, until } from "@/lib/testing/whole-product";

provideTestStack();
const { control, lab, node, startWorker } = provideLab();

const onlyOne = { selection: { kind: "picked", vmids: [101] }, includeHostConfig: false };

async function untilRunning(runId: string, kind: StepKind, slot = "local"): Promise<void> {
  const isRunning = async () =>
    (await db().step.count({ where: { runId, kind, slot: slot as "local", status: "running" } })) > 0;
  await until(isRunning, async () => `no ${kind} ${slot} ran: ${JSON.stringify(await stepsInWords(runId))}`);
}

const archivesOn = (nodeName: string, vmid: number) =>
  readdirSync(node(nodeName).dumpDirectory).filter(
    (name) => name.startsWith(`vzdump-lxc-${vmid}-`) && name.endsWith(".tar.zst"),
  );

const lines = (source: string) => db().logLine.findMany({ where: { source }, orderBy: { seq: "asc" } });

describe("a worker killed during", () => {
  it("a dump: the next one finds the dump alive and finishes the run, without a second vzdump", async () => {
    const before = archivesOn("pve1", 101).length;
    await control("PUT", "faults", { guests: [{ vmid: 101, fault: { kind: "slow", bytesPerSecond: 600_000 } }] });
    const worker = await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy(onlyOne)).id);
    await untilRunning(run.id, "dump");
    await until(
      async () => (await lines("vzdump")).some(({ text }) => text.includes("sending archive to stdout")),
      () => `vzdump did not begin:\n${worker.output()}`,
    );

    await worker.kill();
    await startWorker("pve1");

    const ended = await endOfRun(run.id);
    expect([ended.status, ended.statusReason]).toEqual(["succeeded", null]);
    expect(archivesOn("pve1", 101)).toHaveLength(before + 1);
    const starts = (await lines("vzdump")).filter(({ text }) => text.startsWith("INFO: Starting Backup of VM 101"));
    expect(starts).toHaveLength(1);
  });

  it("a copy: the next one finds the transfer or begins it again, and the copy is whole", async () => {
    await lab().remotes?.setFaults("labs3", [{ on: "put", bytesPerSecond: 500_000, times: 1 }]);
    const worker = await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy(onlyOne)).id);
    await untilRunning(run.id, "copy", "tertiary");

    await worker.kill();
    await startWorker("pve1");

    expect((await endOfRun(run.id)).status).toBe("succeeded");
    expect(await db().copy.count({ where: { state: "good" } })).toBe(4);
  });

  it("a seal: the next one reads the archive back again", async () => {
    const worker = await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy(onlyOne)).id);
    await untilRunning(run.id, "seal");

    await worker.kill();
    await startWorker("pve1");

    expect((await endOfRun(run.id)).status).toBe("succeeded");
  });
});

describe("a flushed Redis", () => {
  it("loses no run: what was queued there is found again in the rows", async () => {
    await control("PUT", "faults", { guests: [{ vmid: 101, fault: { kind: "slow", bytesPerSecond: 1_500_000 } }] });
    await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy({ selection: { kind: "nodes", nodes: ["pve1"] } })).id);
    await untilRunning(run.id, "dump");

    const redis = new Redis(config().redisUrl);
    await redis.flushdb();
    redis.disconnect();

    expect((await endOfRun(run.id)).status).toBe("succeeded");
  });
});

describe("a second worker for a node", () => {
  it("refuses to start and says why, while the first goes on", async () => {
    await startWorker("pve1");

    await expect(startWorker("pve1")).rejects.toThrow("Another worker serves pve1");
  });
});
