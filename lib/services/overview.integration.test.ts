import { beforeEach, describe, expect, it } from "vitest";
import { listGuestsQuerySchema } from "@/lib/contracts/guests";
import { overviewSchema } from "@/lib/contracts/overview";
import { db } from "@/lib/db/client";
import { beginRun, moveRun } from "@/lib/db/runs";
import { planRun } from "@/lib/domain/plan-run";
import { givenPoints } from "@/lib/testing/points";
import { insertEstate, insertPolicy, insertQueuedRun } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";
import { listGuests, readGuest } from "./list-guests";
import { readOverview } from "./read-overview";

provideTestStack();

const now = new Date("2026-11-23T12:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lastNight = new Date("2026-11-23T02:00:00Z");
const nightBefore = new Date("2026-11-22T02:00:00Z");

let estate: Awaited<ReturnType<typeof insertEstate>>;
beforeEach(async () => {
  estate = await insertEstate({ guestCount: 3 });
  await db().node.updateMany({ data: { leaseExpiresAt: new Date(now.getTime() + hourMs) } });
  await db().guest.updateMany({ data: { firstSeenAt: new Date(now.getTime() - 90 * dayMs) } });
});

const overview = async () => overviewSchema.parse(await readOverview(now));
const guests = async (query: object = {}) => (await listGuests(listGuestsQuerySchema.parse(query), now)).items;
const only = (vmid: number) => ({ ...estate, guests: estate.guests.filter((guest) => guest.vmid === vmid) });

/** A run of all guests that is over: at one slot everything failed, elsewhere all is good. */
async function givenEndedRun(failedSlot?: "secondary") {
  const policy = await db().policy.findFirstOrThrow({ include: { destinations: { include: { destination: true } } } });
  const run = await insertQueuedRun(policy);
  await db().run.update({ where: { id: run.id }, data: { queuedAt: lastNight } });
  await beginRun(run.id, planRun(estate.guests, estate.destinations), lastNight);
  const endedAt = new Date(lastNight.getTime() + hourMs);
  await db().step.updateMany({ where: { runId: run.id }, data: { status: "succeeded", endedAt } });
  if (failedSlot) {
    const fault = { faultCode: "remote_full", faultCause: "labdav is full." };
    await db().step.updateMany({
      where: { runId: run.id, slot: failedSlot, kind: { in: ["copy", "verify"] } },
      data: { status: "failed", endedAt, ...fault },
    });
  }
  await moveRun(run.id, failedSlot ? "partial" : "succeeded", { now: endedAt });
  return run;
}

describe("guests", () => {
  it("are protected by good copies within the target, seen at each slot", async () => {
    const policy = await insertPolicy(estate);
    await givenPoints(estate, { count: 3, newestAt: lastNight });

    const [guest] = await guests();

    expect(guest).toMatchObject({
      vmid: 101,
      state: "protected",
      reasonCode: "enough_copies",
      policyIds: [policy.id],
      targetSeconds: 30 * 3600,
      lastGoodAt: lastNight.toISOString(),
      pointCount: 3,
      newestSizeBytes: 1000,
    });
    expect(guest?.copies.map(({ slot, state }) => `${slot} ${state}`)).toEqual([
      "local good",
      "primary good",
      "secondary good",
      "tertiary good",
    ]);
  });

  it("keep the proof of an earlier copy while the newest one failed", async () => {
    await insertPolicy(estate);
    await givenPoints(only(101), { count: 1, newestAt: nightBefore });
    await givenPoints(only(101), { count: 1, newestAt: lastNight, states: { secondary: "failed" } });

    const [guest] = await guests();

    expect(guest).toMatchObject({ state: "reduced", reasonCode: "copy_failed" });
    expect(guest?.copies[2]).toMatchObject({ slot: "secondary", state: "failed", at: nightBefore.toISOString() });
  });

  it("that are in no policy, excluded or gone are told as such", async () => {
    await insertPolicy(estate, { settings: { selection: { kind: "all", exceptVmids: [101] } } });
    await givenPoints(only(103), { count: 2, newestAt: lastNight });
    await db().guest.updateMany({
      where: { vmid: 102 },
      data: { excludedReason: "rebuilt daily", excludedBy: "Mira" },
    });
    await db().guest.updateMany({ where: { vmid: 103 }, data: { archivedAt: now } });

    expect((await guests()).map(({ vmid, state, reasonText }) => [vmid, state, reasonText])).toEqual([
      [101, "unprotected", "No policy includes this guest"],
      [102, "excluded", "Excluded by Mira: rebuilt daily"],
      [103, "archived", "Deleted in Proxmox on 23 Nov, 8 copies kept"],
    ]);
  });

  it("are gone through page by page by VMID, nodes' own configurations last, gone ones without points not at all", async () => {
    const { cluster, node } = estate;
    await db().guest.create({
      data: { clusterId: cluster.id, nodeId: node.id, key: "host/pve1", type: "host", name: "pve1" },
    });
    await db().guest.create({
      data: {
        clusterId: cluster.id,
        nodeId: node.id,
        key: "lxc/50",
        type: "lxc",
        vmid: 150,
        name: "gone",
        archivedAt: now,
      },
    });

    const first = await listGuests(listGuestsQuerySchema.parse({ limit: 2 }), now);
    const second = await listGuests(listGuestsQuerySchema.parse({ limit: 2, cursor: first.nextCursor }), now);

    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([
      "guest-101",
      "guest-102",
      "guest-103",
      "pve1",
    ]);
    expect([first.total, second.nextCursor]).toEqual([4, null]);
  });

  it("are found by name, VMID, tag, type and node, without wildcards", async () => {
    await db().guest.updateMany({ where: { vmid: 102 }, data: { name: "100%_Gitlab", tags: ["prod"] } });
    const vmids = async (query: object) => (await guests(query)).map(({ vmid }) => vmid);

    expect(await vmids({ q: "gitLAB" })).toEqual([102]);
    expect(await vmids({ q: "0%_" })).toEqual([102]);
    expect(await vmids({ q: "%" })).toEqual([102]);
    expect(await vmids({ q: "10" })).toEqual([101, 102, 103]);
    expect(await vmids({ q: "prod" })).toEqual([102]);
    expect(await vmids({ type: "qemu" })).toEqual([]);
    expect(await vmids({ node: "pve2" })).toEqual([]);
    expect(await vmids({ q: '\'; drop table "Guest"; --' })).toEqual([]);
  });

  it("are not found under an unknown id", async () => {
    await expect(readGuest("019aa000-0000-7000-8000-000000000001", now)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the overview", () => {
  it("of an empty installation says nothing untrue", async () => {
    await db().cluster.deleteMany();

    expect(await overview()).toMatchObject({
      guestCounts: { protected: 0, unprotected: 0 },
      clusterName: null,
      oldestGood: null,
      worst: null,
      attention: [],
      live: null,
      lastRun: null,
      upcoming: [],
    });
  });

  it("of an estate that can be restored says so", async () => {
    await insertPolicy(estate);
    await givenPoints(estate, { count: 3, newestAt: lastNight });
    await givenEndedRun();

    const view = await overview();

    expect(view).toMatchObject({
      guestCounts: { protected: 3 },
      nodeCount: 1,
      clusterName: "atlas",
      isLab: true,
      worst: null,
      attention: [],
      oldestGood: { at: lastNight.toISOString() },
      lastRun: { status: "succeeded" },
    });
    expect(view.coverage).toContainEqual({ slot: "tertiary", good: 3, old: 0, failed: 0, total: 3 });
    expect(view.upcoming[0]).toMatchObject({ policyName: "Nightly", at: "2026-11-24T02:00:00.000Z", guestCount: 3 });
    expect(view.destinations[1]).toMatchObject({ slot: "primary", place: "labsftp:undercroft", ourBytes: 9000 });
  });

  it("counts thirty nights at each slot, today last", async () => {
    await insertPolicy(estate);
    await givenEndedRun("secondary");

    const { nights } = await overview();

    expect(nights.map(({ slot, days }) => [slot, days.length, days.at(-1)])).toEqual([
      ["local", 30, { day: "2026-11-23", due: 3, good: 3, failed: 0 }],
      ["primary", 30, { day: "2026-11-23", due: 3, good: 3, failed: 0 }],
      ["secondary", 30, { day: "2026-11-23", due: 3, good: 0, failed: 3 }],
      ["tertiary", 30, { day: "2026-11-23", due: 3, good: 3, failed: 0 }],
    ]);
    expect(nights[0]?.days[0]).toEqual({ day: "2026-10-25", due: 0, good: 0, failed: 0 });
  });

  it("shows the run under way with its guests", async () => {
    const run = await insertQueuedRun(await insertPolicy(estate));
    await beginRun(run.id, planRun(estate.guests, estate.destinations), now);

    expect((await overview()).live).toMatchObject({
      number: run.number,
      guests: [{ vmid: 101 }, { vmid: 102 }, { vmid: 103 }],
    });
  });

  it("counts a copy that failed at its destination only", async () => {
    await insertPolicy(estate);
    await givenPoints(estate, { count: 1, newestAt: lastNight, states: { secondary: "corrupt" } });

    const { coverage, guestCounts } = await overview();

    expect(guestCounts).toMatchObject({ reduced: 3, protected: 0 });
    expect(coverage.map(({ slot, good, failed }) => [slot, good, failed])).toEqual([
      ["local", 3, 0],
      ["primary", 3, 0],
      ["secondary", 0, 3],
      ["tertiary", 3, 0],
    ]);
  });
});

describe("what needs attention", () => {
  const attention = async () =>
    (await overview()).attention.map(({ severity, title, action }) => [severity, title, action?.label ?? null]);

  it("is one guest by its name, and several with one reason together", async () => {
    await insertPolicy(estate);
    await givenPoints(only(101), { count: 1, newestAt: nightBefore });

    expect(await attention()).toEqual([
      ["fail", "2 guests have no good copy anywhere", "Back up now"],
      ["fail", "101 guest-101", "Back up now"],
    ]);
    expect((await overview()).worst).toMatchObject({
      text: expect.stringContaining("is unprotected: no good copy anywhere"),
    });
  });

  it("offers to repeat what failed in a guest's newest run, once for all of them", async () => {
    await insertPolicy(estate);
    await givenPoints(estate, { count: 1, newestAt: lastNight, states: { secondary: "failed" } });
    const run = await givenEndedRun("secondary");

    expect((await overview()).attention).toEqual([
      expect.objectContaining({
        severity: "warn",
        title: "3 guests could not be copied to Secondary",
        action: { kind: "retry_run", label: "Retry failed", runId: run.id },
      }),
    ]);
  });

  it("tells of a run's failures though its guests are fine", async () => {
    await insertPolicy(estate);
    await givenPoints(estate, { count: 1, newestAt: lastNight });
    await givenEndedRun("secondary");

    expect(await attention()).toEqual([["warn", "Nightly #1 finished with 6 failures", "Retry failed"]]);
  });

  it("tells of a run that did not start, a worker that is silent, a test that failed and a place that is full", async () => {
    const policy = await insertPolicy(estate);
    await givenPoints(estate, { count: 1, newestAt: lastNight });
    const run = await insertQueuedRun(policy);
    await db().run.update({
      where: { id: run.id },
      data: { status: "missed", endedAt: now, statusReason: "No worker." },
    });
    await db().node.updateMany({ data: { leaseExpiresAt: null } });
    await db().destination.updateMany({
      where: { slot: "primary" },
      data: {
        lastTestOk: false,
        lastTest: {
          isOk: false,
          testedAt: now.toISOString(),
          rows: [{ name: "Write", isOk: false, durationMs: 1, text: "quota" }],
        },
        freeBytes: 5n,
        totalBytes: 100n,
      },
    });

    expect(await attention()).toEqual([
      ["fail", "Nightly did not start", "Run now"],
      ["fail", "No worker answers on pve1", null],
      ["warn", "The last test of Primary failed", null],
      ["warn", "Primary is 95 % full", null],
    ]);
  });

  it("is at most five things, worst first", async () => {
    await db().node.createMany({
      data: Array.from({ length: 7 }, (_, index) => ({ clusterId: estate.cluster.id, name: `empty${index}` })),
    });

    const items = await attention();

    expect(items).toHaveLength(5);
    expect(items[0]).toEqual(["fail", "3 guests are in no policy", "Add to a policy"]);
  });
});
