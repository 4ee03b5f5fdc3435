import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { upsertCluster } from "@/lib/db/clusters";
import { connectPve, type PveClient } from "@/lib/pve/client";
import { estateAnswers } from "@/lib/testing/estate";
import { type PveNode, startPveNode } from "@/lib/testing/pve-node";
import { provideTestStack } from "@/lib/testing/test-stack";
import { syncInventory } from "./sync-inventory";

provideTestStack();

let node: PveNode;
let client: PveClient;

beforeAll(async () => {
  node = await startPveNode();
  client = connectPve({ url: node.url, tokenId: "u@pve!t", tokenSecret: "s", fingerprint: node.fingerprint });
});

afterAll(async () => {
  await client.close();
  await node.close();
});

beforeEach(async () => {
  await upsertCluster({ name: "atlas", apiUrl: node.url, isLab: true });
});

const web = {
  type: "lxc",
  vmid: 101,
  node: "pve1",
  name: "web01",
  status: "running",
  tags: "prod;web",
  pool: "prod",
  config: { net0: "hwaddr=BC:24:11:00:00:01" },
} as const;
const erp = {
  type: "qemu",
  vmid: 200,
  node: "pve2",
  name: "erp-db",
  status: "stopped",
  config: { meta: "ctime=1" },
} as const;

const sync = () => syncInventory({ api: client.api() });
const guests = () => db().guest.findMany({ orderBy: [{ key: "asc" }, { incarnation: "asc" }] });
const living = async () => (await guests()).filter(({ archivedAt }) => archivedAt === null).map(({ key }) => key);

describe("syncInventory", () => {
  it("knows nodes, guests and the nodes' own configurations afterwards", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));

    await sync();

    expect(await living()).toEqual(["host/pve1", "host/pve2", "lxc/101", "qemu/200"]);
    expect((await guests()).find(({ vmid }) => vmid === 101)).toMatchObject({
      name: "web01",
      tags: ["prod", "web"],
      pool: "prod",
      isRunning: true,
      fingerprint: "mac:BC:24:11:00:00:01",
    });
    expect(await db().node.findMany({ select: { name: true, pveVersion: true }, orderBy: { name: "asc" } })).toEqual([
      { name: "pve1", pveVersion: "9.2.11" },
      { name: "pve2", pveVersion: "9.2.11" },
    ]);
  });

  it("changes nothing the second time", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));

    expect(await sync()).toEqual({ changedCount: 4 });
    expect(await sync()).toEqual({ changedCount: 0 });
  });

  it("makes every guest once though app and workers look at the same time", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [] }));
    await sync();
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));

    await Promise.all([sync(), sync(), sync()]);

    expect(await living()).toEqual(["host/pve1", "host/pve2", "lxc/101", "qemu/200"]);
  });

  it("archives a guest that was destroyed and takes a reused VMID for another guest", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));
    await sync();
    node.answer(
      estateAnswers({
        nodes: ["pve1", "pve2"],
        guests: [{ ...web, name: "other", config: { net0: "hwaddr=BC:24:11:00:00:99" } }],
      }),
    );

    await sync();

    expect((await guests()).map(({ key, incarnation, archivedAt }) => [key, incarnation, archivedAt === null])).toEqual(
      [
        ["host/pve1", 1, true],
        ["host/pve2", 1, true],
        ["lxc/101", 1, false],
        ["lxc/101", 2, true],
        ["qemu/200", 1, false],
      ],
    );
  });

  it("archives nobody on an empty answer, nor on the word of a token that sees only some guests", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));
    await sync();

    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [] }));
    await sync();
    node.answer(
      estateAnswers({ nodes: ["pve1", "pve2"], guests: [web], permissions: { "/vms/101": { "VM.Audit": 1 } } }),
    );
    await sync();

    expect(await living()).toEqual(["host/pve1", "host/pve2", "lxc/101", "qemu/200"]);
  });

  it("fails and leaves everything as it was when the cluster does not answer", async () => {
    node.answer(estateAnswers({ nodes: ["pve1", "pve2"], guests: [web, erp] }));
    await sync();
    node.answer(() => ({ status: 401, statusText: "Authentication failed!" }));

    await expect(sync()).rejects.toMatchObject({ code: "cluster_refused" });
    expect(await living()).toHaveLength(4);
  });

  it("keeps hostile names as the text they are", async () => {
    const name = `"; drop table "Guest"; -- $(reboot)\n<img src=x>${"😀".repeat(200)}\u0000`;
    node.answer(estateAnswers({ nodes: ["pve1"], guests: [{ ...web, name }] }));

    await sync();

    expect((await guests()).find(({ vmid }) => vmid === 101)?.name).toBe(name.replace("\u0000", ""));
  });
});
