import { beforeEach, describe, expect, it } from "vitest";
import { type PolicyBodyInput, policyBodySchema, policyPatchSchema } from "@/lib/contracts/policies";
import { db } from "@/lib/db/client";
import { scheduledPolicyIds } from "@/lib/redis/queues";
import { givenPoints } from "@/lib/testing/points";
import { insertEstate } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";
import { readPolicy } from "./list-policies";
import { pausePolicy, skipNextRun } from "./pause-policy";
import { changePolicy, createPolicy, endPolicy } from "./save-policy";

provideTestStack();

const now = new Date("2026-11-23T12:00:00Z");
const nightly: PolicyBodyInput = {
  name: "Nightly",
  schedule: "02:00",
  timeZone: "Europe/Berlin",
  settings: { selection: { kind: "all", exceptVmids: [103] } },
  destinations: [
    { slot: "local", retention: { keepLast: 2 } },
    { slot: "primary", retention: { keepLast: 15 } },
  ],
};

let estate: Awaited<ReturnType<typeof insertEstate>>;
beforeEach(async () => {
  estate = await insertEstate({ guestCount: 3 });
});

const create = (changes: Partial<PolicyBodyInput> = {}) =>
  createPolicy(policyBodySchema.parse({ ...nightly, ...changes }), now);
const change = (policy: { id: string }, patch: object) => changePolicy(policy.id, policyPatchSchema.parse(patch), now);

describe("createPolicy", () => {
  it("shows what was saved, counted and said", async () => {
    expect(await create()).toMatchObject({
      name: "Nightly",
      revision: 1,
      guestCount: 2,
      nextRunAt: "2026-11-24T01:00:00.000Z",
      sentence: expect.stringContaining("Every night at 02:00 (Europe/Berlin), back up 2 guests"),
      destinations: [{ slot: "local" }, { slot: "primary", retention: { keepLast: 15 } }],
      lastRun: null,
      missedCount30d: 0,
    });
  });

  it("plans its deliveries, and none for a policy that is off", async () => {
    const { id } = await create();
    await create({ name: "Off", isEnabled: false });

    expect(await scheduledPolicyIds()).toEqual([id]);
  });

  it.each([
    [{ schedule: "every night" }, "schedule"],
    [{ schedule: "02-30" }, "schedule"],
    [{ schedule: "61 * * * *" }, "schedule"],
    [{ timeZone: "Mars/Olympus" }, "timeZone"],
  ])("refuses %j at its field", async (changes, field) => {
    await expect(create(changes)).rejects.toMatchObject({
      code: "invalid_input",
      fields: { [field]: expect.any(String) },
    });
    expect(await db().policy.count()).toBe(0);
  });

  it("refuses a destination that is not set up", async () => {
    await db().destination.updateMany({ where: { slot: "primary" }, data: { removedAt: now } });

    await expect(create()).rejects.toMatchObject({ fields: { "destinations.1.slot": expect.any(String) } });
  });

  it("refuses the name of another policy in any case, until that one is gone", async () => {
    const { id } = await create();

    await expect(create({ name: "NIGHTLY" })).rejects.toMatchObject({ fields: { name: expect.any(String) } });
    await endPolicy(id, now);
    expect(await create({ name: "NIGHTLY" })).toMatchObject({ name: "NIGHTLY" });
  });
});

describe("changePolicy", () => {
  it("changes what it names and nothing else, an off policy stays off", async () => {
    const policy = await create({ isEnabled: false });

    expect(await change(policy, { revision: 1, name: "Weekly" })).toMatchObject({
      name: "Weekly",
      isEnabled: false,
      schedule: "02:00",
      revision: 2,
    });
  });

  it("is a conflict for whoever read an older revision, of two at once for the second", async () => {
    const policy = await create();

    const saves = await Promise.allSettled([
      change(policy, { revision: 1, name: "Hers" }),
      change(policy, { revision: 1, name: "His" }),
    ]);

    expect(saves.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(saves.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "conflict", safe: "Your changes are still here." },
    });
    await expect(change(policy, { revision: 1, name: "Mine" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("counts a new schedule from now, so that it has missed nothing", async () => {
    const policy = await create();
    const later = new Date("2026-12-01T00:00:00Z");

    await changePolicy(policy.id, policyPatchSchema.parse({ revision: 1, schedule: "*:0/5" }), later);

    expect(await db().policy.findFirst()).toMatchObject({ ticksUntil: later });
  });

  it("does not delete copies before their number was confirmed", async () => {
    const policy = await create();
    await givenPoints(estate, { count: 12, newestAt: now });
    const fewer = [
      { slot: "local", retention: { keepLast: 2 } },
      { slot: "primary", retention: { keepLast: 10 } },
    ];

    const patch = { revision: 1, destinations: fewer };

    // Guests 101 and 102 lose two copies each; 103 is not this policy's.
    await expect(change(policy, patch)).rejects.toMatchObject({
      code: "invalid_input",
      message: "This save deletes 4 copies.",
      fields: { confirmDeletions: "must be 4, the number of copies this save deletes" },
    });
    await expect(change(policy, { ...patch, confirmDeletions: 3 })).rejects.toMatchObject({ code: "invalid_input" });
    expect(await readPolicy(policy.id, now)).toMatchObject({ revision: 1 });
    expect(await change(policy, { ...patch, confirmDeletions: 4 })).toMatchObject({ revision: 2 });
  });

  it("asks nothing for rules that keep more", async () => {
    const policy = await create();
    await givenPoints(estate, { count: 12, newestAt: now });

    const more = [{ slot: "local", retention: { keepLast: 3 } }];
    expect(await change(policy, { revision: 1, destinations: more })).toMatchObject({ revision: 2 });
  });
});

describe("endPolicy", () => {
  it("ends it for every reader, and its deliveries", async () => {
    const { id } = await create();

    await endPolicy(id, now);

    await expect(readPolicy(id, now)).rejects.toMatchObject({ code: "not_found" });
    await expect(endPolicy(id, now)).rejects.toMatchObject({ code: "not_found" });
    expect(await scheduledPolicyIds()).toEqual([]);
    expect(await db().policy.count()).toBe(1);
  });
});

describe("a pause and a skip", () => {
  it("move the next run", async () => {
    const { id } = await create();

    expect(await skipNextRun(id, now)).toMatchObject({
      skipDueAt: "2026-11-24T01:00:00.000Z",
      nextRunAt: "2026-11-25T01:00:00.000Z",
    });
    expect(await skipNextRun(id, now)).toMatchObject({ nextRunAt: "2026-11-25T01:00:00.000Z" });
    const until = new Date("2026-11-30T01:00:00Z");
    expect(await pausePolicy(id, until, now)).toMatchObject({ nextRunAt: "2026-11-30T01:00:00.000Z" });
    expect(await pausePolicy(id, null, now)).toMatchObject({ nextRunAt: "2026-11-25T01:00:00.000Z" });
  });

  it("cannot lie in the past", async () => {
    const { id } = await create();

    await expect(pausePolicy(id, now, now)).rejects.toMatchObject({ fields: { until: "is not in the future" } });
  });
});
