import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db/client";
import { upsertCluster } from "@/lib/db/clusters";
import { estateAnswers } from "@/lib/testing/estate";
import { type PveNode, startPveNode } from "@/lib/testing/pve-node";
import { provideTestStack } from "@/lib/testing/test-stack";
import { keepInventory, syncIfStale } from "./keep-inventory";

provideTestStack();

let node: PveNode;
beforeAll(async () => {
  node = await startPveNode();
  vi.stubEnv("PVE_URL", node.url);
  vi.stubEnv("PVE_TOKEN_ID", "undercroft@pve!dash");
  vi.stubEnv("PVE_TOKEN_SECRET", "12345678-1234-1234-1234-1234567890ab");
  vi.stubEnv("PVE_FINGERPRINT", node.fingerprint);
  node.answer(estateAnswers({ nodes: ["pve1"], guests: [{ type: "lxc", vmid: 101, node: "pve1", name: "web01" }] }));
});
afterAll(() => node.close());
beforeEach(() => upsertCluster({ name: "atlas", apiUrl: node.url, isLab: true }));

describe("the inventory", () => {
  it("is looked at by one of several processes, and again when it is no longer fresh", async () => {
    const now = new Date();
    const inAMinute = new Date(now.getTime() + 60_000);

    expect(await syncIfStale(now)).toBe(true);
    expect(await syncIfStale(now)).toBe(false);
    expect(await syncIfStale(inAMinute)).toBe(true);
  });

  it("is looked at as soon as it is kept", async () => {
    const end = keepInventory();

    await vi.waitFor(async () => expect(await db().guest.count()).toBe(2), { timeout: 10_000 });
    end();
  });
});
