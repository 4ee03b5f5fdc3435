import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { cancelRun } from "@/lib/services/cancel-run";
import { retryRun } from "@/lib/services/retry-run";
import { provideTestStack } from "@/lib/testing/test-stack";
import { beginRunOf, endOfRun, provideLab, seedPolicy, stepsInWords, until } from "@/lib/testing/whole-product";

provideTestStack();
const { control, lab, node, startWorker } = provideLab();

const pve1 = { selection: { kind: "nodes", nodes: ["pve1"] }, includeHostConfig: false };
const fault = (vmid: number, kind: string, more = {}) =>
  control("PUT", "faults", { guests: [{ vmid, fault: { kind, ...more } }] });
const filesOf = (vmid: number) => readdirSync(node("pve1").dumpDirectory).filter((name) => name.includes(`-${vmid}-`));
const statusOf = async (vmid: number) =>
  ((await control("GET", `guests/${vmid}`, undefined)) as { status: string }).status;

describe("one guest that fails and one remote that is down", () => {
  it("end the run as partial, say which and why, and a retry does only what is missing", async () => {
    await fault(200, "failsBeforeDump");
    await lab().remotes?.setUp("labdav", false);
    await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy(pve1)).id);

    const ended = await endOfRun(run.id);

    expect(ended.status).toBe("partial");
    expect(ended.statusReason).toMatch(/200 vm01: .+/);
    expect(ended.statusReason).toMatch(/Secondary, 101 web01: .+/);
    const steps = await stepsInWords(run.id);
    expect(steps).toMatchObject({
      "101 verify primary": "succeeded",
      "101 verify tertiary": "succeeded",
      "101 copy secondary": expect.stringMatching(/^failed: /),
    });
    expect(await db().copy.count({ where: { state: "good" } })).toBe(3);

    await control("PUT", "faults", {});
    await lab().remotes?.setUp("labdav", true);
    const before = filesOf(101);
    await retryRun({ runId: run.id, now: new Date() });
    const again = await endOfRun(run.id);

    expect([again.status, again.statusReason]).toEqual(["succeeded", null]);
    expect(filesOf(101)).toEqual(before);
    const repeated = await db().step.findMany({ where: { attempt: 2 }, include: { guest: true } });
    expect(
      repeated
        .filter(({ guest }) => guest.vmid === 101)
        .map(({ kind, slot }) => `${kind} ${slot}`)
        .toSorted(),
    ).toEqual(["copy secondary", "prune secondary", "verify secondary"]);
    expect(await db().copy.count({ where: { state: "good" } })).toBe(8);
  });
});

describe("vzdump says success", () => {
  it("though its stream was cut: the dump fails and leaves no archive", async () => {
    const before = filesOf(101);
    await fault(101, "cutStreamSaysSuccess", { afterBytes: 400_000 });
    await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy({ ...pve1, selection: { kind: "picked", vmids: [101] } })).id);

    expect((await endOfRun(run.id)).status).toBe("failed");

    expect(await stepsInWords(run.id)).toMatchObject({ "101 dump local": expect.stringMatching(/^failed: /) });
    expect(await db().restorePoint.count()).toBe(0);
    const made = filesOf(101).filter((name) => !before.includes(name));
    expect(made.filter((name) => !name.endsWith(".log"))).toEqual([]);
  });

  it("though a VM's stream was cut: the dump fails and leaves no archive", async () => {
    await fault(200, "cutStreamSaysSuccess", { afterBytes: 200_000 });
    await startWorker("pve1");
    const run = await beginRunOf((await seedPolicy({ ...pve1, selection: { kind: "picked", vmids: [200] } })).id);

    expect((await endOfRun(run.id)).status).toBe("failed");
    expect(await db().restorePoint.count()).toBe(0);
  });

  it("though the guest stayed stopped: the dump fails, its archive is kept and copied all the same", async () => {
    await fault(101, "guestDoesNotRestart");
    await startWorker("pve1");
    const settings = { ...pve1, selection: { kind: "picked", vmids: [101] }, mode: "stop" };
    const run = await beginRunOf((await seedPolicy(settings)).id);

    const ended = await endOfRun(run.id);

    expect(ended.status).toBe("partial");
    expect(ended.statusReason).toBe("101 web01: 101 web01 was stopped for its backup and did not start again.");
    expect(await db().copy.count({ where: { state: "good" } })).toBe(4);

    await control("PATCH", "guests/101", { isRunning: true });
    await retryRun({ runId: run.id, now: new Date() });
    expect((await endOfRun(run.id)).status).toBe("succeeded");
    expect(await db().restorePoint.count()).toBe(1);
  });
});

describe("a cancel", () => {
  it("ends the dump, starts the guest again and leaves nothing behind", async () => {
    const before = filesOf(101);
    await fault(101, "slow", { bytesPerSecond: 300_000 });
    await startWorker("pve1");
    const settings = { ...pve1, selection: { kind: "picked", vmids: [101] }, mode: "stop" };
    const run = await beginRunOf((await seedPolicy(settings)).id);
    await until(
      async () => (await db().logLine.count({ where: { text: { contains: "sending archive to stdout" } } })) > 0,
      async () => JSON.stringify(await stepsInWords(run.id)),
    );

    await cancelRun({ runId: run.id, mode: "stop", by: "mira", now: new Date() });

    expect(await endOfRun(run.id)).toMatchObject({ status: "cancelled", statusReason: "Cancelled by mira." });
    expect(await statusOf(101)).toBe("running");
    const left = filesOf(101).filter((name) => !before.includes(name));
    expect(left.filter((name) => !name.endsWith(".log"))).toEqual([]);
  });
});
