import { beforeEach, describe, expect, it } from "vitest";
import { destinationPatchSchema } from "@/lib/contracts/destinations";
import { listRestorePointsQuerySchema } from "@/lib/contracts/restore-points";
import { db } from "@/lib/db/client";
import type { Slot } from "@/lib/domain/destination";
import { givenPoints } from "@/lib/testing/points";
import { insertEstate, insertPolicy } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";
import { listDestinations, readDestination } from "./list-destinations";
import { readPolicy } from "./list-policies";
import { listRestorePoints, readRestorePoint } from "./list-restore-points";
import { changeDestination, createDestination, removeDestination, requestDestinationTest } from "./save-destination";

provideTestStack();

const now = new Date("2026-11-23T03:00:00Z");
let estate: Awaited<ReturnType<typeof insertEstate>>;
beforeEach(async () => {
  estate = await insertEstate({ guestCount: 2 });
});

const idOf = (slot: Slot) => estate.destinations.find((destination) => destination.slot === slot)?.id ?? "";

describe("a destination", () => {
  it("shows what the catalogue knows to lie there", async () => {
    await givenPoints(estate, { count: 3, newestAt: now, states: { secondary: "corrupt", tertiary: "removed" } });

    const { items } = await listDestinations(now);

    expect(
      items.map(({ slot, copyCount, goodCopyCount, ourBytes }) => [slot, copyCount, goodCopyCount, ourBytes]),
    ).toEqual([
      ["local", 6, 6, 6000],
      ["primary", 6, 6, 6000],
      ["secondary", 6, 0, 6000],
      ["tertiary", 0, 0, 0],
    ]);
  });

  it("is removed without its copies, leaves the policies, and makes room for another", async () => {
    const policy = await insertPolicy(estate);
    await givenPoints(estate, { count: 2, newestAt: now });

    await removeDestination(idOf("secondary"), now);

    expect((await listDestinations(now)).items.map(({ slot }) => slot)).toEqual(["local", "primary", "tertiary"]);
    expect((await readPolicy(policy.id, now)).destinations.map(({ slot }) => slot)).toEqual([
      "local",
      "primary",
      "tertiary",
    ]);
    expect(await db().copy.count({ where: { destinationId: idOf("secondary"), state: "good" } })).toBe(4);
    await expect(readDestination(idOf("secondary"))).rejects.toMatchObject({ code: "not_found" });
    const added = { slot: "secondary", name: "Box", remote: "box:undercroft", transfers: 2 } as const;
    expect(await createDestination(added)).toMatchObject({ slot: "secondary", copyCount: 0 });
    await expect(createDestination(added)).rejects.toMatchObject({ code: "conflict", fields: { slot: "is in use" } });
  });

  it("that is local stays", async () => {
    await expect(removeDestination(idOf("local"), now)).rejects.toMatchObject({ code: "not_possible" });
    await expect(changeDestination(idOf("local"), { remote: "box:x" })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("is not pointed elsewhere while copies lie there, but may be renamed", async () => {
    await givenPoints(estate, { count: 1, newestAt: now });

    await expect(changeDestination(idOf("primary"), { remote: "box:x" })).rejects.toMatchObject({
      fields: { remote: expect.stringContaining("2 copies") },
    });
    expect(
      await changeDestination(idOf("primary"), { name: "Hetzner", pausedUntil: "2027-01-01T00:00:00Z" }),
    ).toMatchObject({
      name: "Hetzner",
      pausedUntil: "2027-01-01T00:00:00.000Z",
    });
  });

  it("forgets an earlier test when it is pointed elsewhere", async () => {
    const lastTest = { isOk: true, testedAt: now.toISOString(), rows: [] };
    await db().destination.updateMany({ data: { lastTest, lastTestAt: now, lastTestOk: true } });

    expect(await readDestination(idOf("primary"))).toMatchObject({ lastTest });
    expect(await changeDestination(idOf("primary"), { remote: "box:x" })).toMatchObject({ lastTest: null });
  });

  it.each(["/etc/passwd", ":sftp,host=evil:x", "box", "box:../up", "-x:y", "box:a\nb"])(
    "refuses %j for a remote",
    (remote) => {
      expect(destinationPatchSchema.safeParse({ remote }).success).toBe(false);
    },
  );
});

describe("a test of a destination", () => {
  it("is asked of a worker", async () => {
    expect(await requestDestinationTest(idOf("primary"), now)).toMatchObject({ slot: "primary", lastTest: null });
  });

  it("is refused when no worker is there to do it", async () => {
    await db().node.updateMany({ data: { leaseExpiresAt: null } });

    await expect(requestDestinationTest(idOf("primary"), now)).rejects.toMatchObject({ code: "worker_lost" });
  });
});

describe("restore points", () => {
  const list = (query: object) => listRestorePoints(listRestorePointsQuerySchema.parse(query), now);

  it("are gone through page by page, each once, though several were taken at one moment", async () => {
    await givenPoints(estate, { count: 3, newestAt: now });

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ limit: 1, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ takenAt, guestName }) => `${takenAt.slice(0, 10)} ${guestName}`));
      cursor = page.nextCursor;
    } while (cursor);

    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
    expect(seen.map((text) => text.slice(0, 10))).toEqual(
      seen
        .map((text) => text.slice(0, 10))
        .toSorted()
        .toReversed(),
    );
  });

  it("are found by guest, destination and time", async () => {
    await givenPoints(estate, { count: 3, newestAt: now, states: { tertiary: "removed" } });
    const count = async (query: object) => (await list(query)).items.length;

    expect(await count({ guest: estate.guests[0]?.id })).toBe(3);
    expect(await count({ destination: "primary" })).toBe(6);
    expect(await count({ destination: "tertiary" })).toBe(0);
    expect(await count({ from: "2026-11-22T03:00:00Z" })).toBe(4);
    expect(await count({ to: "2026-11-22T03:00:00Z" })).toBe(2);
    expect(await count({ from: "2026-11-22T04:00:00+01:00", to: "2026-11-23T03:00:00Z" })).toBe(2);
  });

  it("are shown with the copies they still have, in the order of the slots", async () => {
    await givenPoints(estate, { count: 1, newestAt: now, states: { secondary: "removed", tertiary: "failed" } });
    const [point] = (await list({})).items;

    expect(await readRestorePoint(point?.id ?? "")).toMatchObject({
      archiveName: expect.stringMatching(/^vzdump-lxc-10[12]-2026_11_23-03_00_00\.tar\.zst$/),
      copies: [
        { slot: "local", state: "good", verifiedBy: "server_hash" },
        { slot: "primary", state: "good" },
        { slot: "tertiary", state: "failed", proof: null },
      ],
    });
  });

  it("are not listed before their archive was proven readable", async () => {
    await givenPoints(estate, { count: 1, newestAt: now });
    await db().archive.updateMany({ data: { sealedAt: null } });

    expect((await list({})).items).toEqual([]);
  });
});
