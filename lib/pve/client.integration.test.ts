import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PveNode, startPveNode } from "@/lib/testing/pve-node";
import { connectPve, type PveClient } from "./client";
import { readGuestState } from "./guest-state";
import { readInventory } from "./inventory";
import { ClusterRefusal } from "./refusal";
import { parseUpid, waitForTask } from "./tasks";

const token = { tokenId: "undercroft@pve!dash", tokenSecret: "12345678-1234-1234-1234-1234567890ab" };

let node: PveNode;
let client: PveClient;

beforeAll(async () => {
  node = await startPveNode();
  client = connectPve({ ...token, url: node.url, fingerprint: node.fingerprint });
});

afterAll(async () => {
  await client.close();
  await node.close();
});

beforeEach(() => {
  node.calls.length = 0;
  node.answer(() => ({ data: null }));
});

describe("the connection", () => {
  it("sends the token to the server with the pinned certificate", async () => {
    node.answer(() => ({ data: { version: "9.2.11" } }));

    expect(await client.api().version.$get()).toEqual({ version: "9.2.11" });
    expect(node.calls[0]?.authorization).toBe(`PVEAPIToken=${token.tokenId}=${token.tokenSecret}`);
  });

  it("takes a fingerprint as people paste it", async () => {
    const pasted = connectPve({
      ...token,
      url: node.url,
      fingerprint: node.fingerprint.replaceAll(":", "").toLowerCase(),
    });

    await expect(pasted.api().version.$get()).resolves.toBeNull();
    await pasted.close();
  });

  it("sends nothing to a server with another certificate, and asks only once", async () => {
    const wrong = connectPve({ ...token, url: node.url, fingerprint: node.fingerprint.replace(/^../, "00") });

    await expect(wrong.api().version.$get()).rejects.toMatchObject({
      code: "cluster_unreachable",
      message: "The certificate of 127.0.0.1 is not the one you trusted.",
      safe: "No data was sent.",
    });
    expect(node.calls).toEqual([]);
    await wrong.close();
  });

  it("refuses a self-signed certificate that nobody pinned", async () => {
    const unpinned = connectPve({ ...token, url: node.url });

    await expect(unpinned.api().version.$get()).rejects.toMatchObject({ code: "cluster_unreachable" });
    expect(node.calls).toEqual([]);
    await unpinned.close();
  });

  it("never sends a token over plain http", () => {
    expect(() => connectPve({ ...token, url: "http://127.0.0.1:8006" })).toThrow("must begin with https://");
  });
});

describe("repeats", () => {
  it("asks a GET again when the connection breaks, and no more than twice", async () => {
    node.answer(() => "reset");

    await expect(client.api().version.$get()).rejects.toMatchObject({ code: "cluster_unreachable" });
    expect(node.calls).toHaveLength(3);
  });

  it("is satisfied by the first answer that comes whole", async () => {
    node.answer(() => (node.calls.length === 1 ? "cut" : { data: { version: "9.2.11" } }));

    expect(await client.api().version.$get()).toEqual({ version: "9.2.11" });
    expect(node.calls).toHaveLength(2);
  });

  it.each(["$post", "$put", "$delete"] as const)("sends a %s once, whatever becomes of it", async (method) => {
    node.answer(() => "reset");
    const config = client.api().nodes.$("pve1").qemu.$(100) as unknown as Record<string, () => Promise<unknown>>;

    await expect(config[method]?.()).rejects.toMatchObject({ code: "cluster_unreachable" });
    expect(node.calls).toHaveLength(1);
  });

  it("asks again when the entry node could not reach the other node", async () => {
    node.answer(() => ({ status: 595, statusText: "No route to host" }));

    await expect(client.api().nodes.$("pve2").status.$get()).rejects.toMatchObject({
      code: "cluster_unreachable",
      message: expect.stringContaining("No route to host"),
    });
    expect(node.calls).toHaveLength(3);
  });

  it("does not repeat what Proxmox refused", async () => {
    node.answer(() => ({
      status: 403,
      body: '{"data":null,"message":"Permission check failed (/vms/100, VM.Audit)\\n"}',
    }));

    await expect(client.api().version.$get()).rejects.toBeInstanceOf(ClusterRefusal);
    expect(node.calls).toHaveLength(1);
  });
});

describe("time", () => {
  it("gives up at the time-out though the headers came", async () => {
    node.answer(() => "hang");

    await expect(client.api({ timeoutMs: 200 }).version.$get()).rejects.toMatchObject({
      code: "cluster_unreachable",
      message: expect.stringContaining("did not answer in time"),
    });
  });

  it("stops at once when the caller aborts", async () => {
    const abort = new AbortController();
    node.answer(() => "hang");
    const call = client.api({ signal: abort.signal }).version.$get();
    abort.abort();

    await expect(call).rejects.toMatchObject({ code: "canceled" });
  });
});

describe("refusals", () => {
  it("says which parameter was wrong and why", async () => {
    node.answer(() => ({
      status: 400,
      statusText: "Parameter verification failed.",
      body: '{"data":null,"errors":{"vmid":"invalid format - value does not look like a valid VM ID\\n"},"message":"Parameter verification failed.\\n"}',
    }));

    await expect(client.api().nodes.$("pve1").lxc.$(5).config.$get()).rejects.toMatchObject({
      code: "cluster_refused",
      status: 400,
      fields: { vmid: "invalid format - value does not look like a valid VM ID" },
    });
  });

  it("names the token that is no longer accepted, not its secret", async () => {
    node.answer(() => ({ status: 401, statusText: "Authentication failed!" }));

    const failure = await client
      .api()
      .version.$get()
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({
      status: 401,
      message: "Proxmox no longer accepts the token undercroft@pve!dash (401).",
      safe: "Existing copies are not affected.",
    });
    expect(JSON.stringify(failure)).not.toContain(token.tokenSecret);
  });

  it("takes the reason from the status line where the body is empty", async () => {
    node.answer(() => ({ status: 500, statusText: "storage 'x' does not exist" }));

    await expect(client.api().version.$get()).rejects.toMatchObject({ message: "storage 'x' does not exist" });
  });

  it("does not take any web server for a Proxmox node", async () => {
    node.answer(() => ({ status: 200, body: "<html>", contentType: "text/html" }));

    await expect(client.api().version.$get()).rejects.toMatchObject({
      message: expect.stringContaining("did not answer like a Proxmox VE node"),
    });
  });
});

describe("parameters", () => {
  it("go into the query of a DELETE and into the body of a POST, booleans as 1 and 0", async () => {
    const guest = client.api().nodes.$("pve1").lxc.$(300);
    await guest.$delete({ purge: true, force: false });
    await client.api().nodes.$("pve1").lxc.$(300).status.start.$post({ debug: true });

    expect(node.calls[0]).toMatchObject({ method: "DELETE", body: "" });
    expect(Object.fromEntries(node.calls[0]?.query ?? [])).toEqual({ purge: "1", force: "0" });
    expect(node.calls[1]).toMatchObject({ method: "POST", body: "debug=1" });
  });
});

describe("readInventory", () => {
  const estate = (path: string) => {
    if (path === "/nodes/pve1/version") return { data: { version: "9.2.11", release: "9.2" } };
    if (path === "/nodes")
      return {
        data: [
          { node: "pve2", status: "offline" },
          { node: "pve1", status: "online" },
        ],
      };
    if (path === "/cluster/resources") {
      return {
        data: [
          { id: "qemu/200", type: "qemu", vmid: 200, node: "pve2", status: "unknown" },
          {
            type: "lxc",
            vmid: "101",
            node: "pve1",
            status: "running",
            name: "web01",
            tags: "prod;web",
            pool: "prod",
            lock: "backup",
            template: 0,
          },
        ],
      };
    }
    if (path === "/nodes/pve1/lxc/101/config") return { data: { net0: "name=eth0,hwaddr=BC:24:11:AA:BB:CC" } };
    return { status: 595, statusText: "No route to host" };
  };

  it("lists nodes and guests in order, each guest with its fingerprint", async () => {
    node.answer(({ path }) => estate(path));

    expect(await readInventory(client.api())).toEqual({
      nodes: [
        { name: "pve1", isOnline: true, pveVersion: "9.2.11" },
        { name: "pve2", isOnline: false, pveVersion: null },
      ],
      guests: [
        {
          type: "lxc",
          vmid: 101,
          name: "web01",
          nodeName: "pve1",
          tags: ["prod", "web"],
          pool: "prod",
          isRunning: true,
          isTemplate: false,
          lock: "backup",
          fingerprint: "mac:BC:24:11:AA:BB:CC",
        },
        expect.objectContaining({ type: "qemu", vmid: 200, name: "VM 200", isRunning: false, fingerprint: "" }),
      ],
    });
  });

  it("does not ask a node that is down", async () => {
    node.answer(({ path }) => estate(path));
    await readInventory(client.api());

    expect(node.calls.filter(({ path }) => path.includes("pve2"))).toEqual([]);
  });

  it("fails as a whole when the list of guests cannot be read", async () => {
    node.answer(({ path }) =>
      path === "/cluster/resources" ? { status: 500, statusText: "cluster not ready - no quorum?" } : estate(path),
    );

    await expect(readInventory(client.api())).rejects.toMatchObject({ code: "cluster_refused" });
  });
});

describe("readGuestState", () => {
  it("tells running, locked and paused apart", async () => {
    node.answer(() => ({ data: { status: "running", qmpstatus: "paused", lock: "migrate", vmid: 200 } }));

    expect(await readGuestState(client.api(), { type: "qemu", vmid: 200, nodeName: "pve1" })).toEqual({
      isRunning: true,
      isPaused: true,
      lock: "migrate",
    });
  });

  it("finds no guest where Proxmox finds no configuration file", async () => {
    const text = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist";
    node.answer(() => ({ status: 500, statusText: text, body: JSON.stringify({ data: null, message: `${text}\n` }) }));

    expect(await readGuestState(client.api(), { type: "lxc", vmid: 999, nodeName: "pve1" })).toBeUndefined();
  });

  it("does not take another failure for a guest that is gone", async () => {
    node.answer(() => ({ status: 500, statusText: "got timeout" }));

    await expect(readGuestState(client.api(), { type: "lxc", vmid: 101, nodeName: "pve1" })).rejects.toThrow(
      "got timeout",
    );
  });
});

describe("waitForTask", () => {
  const upid = parseUpid("UPID:pve1:00001AFC:0005A702:6B03955D:vzdump:107:ops@pve!bk:");
  if (!upid) throw new Error("the fixture is a task");

  it("asks until the task is over, and past the moment in which its last line is being written", async () => {
    const answers = [
      { status: "running" },
      { status: "stopped", exitstatus: "unexpected status" },
      { status: "stopped", exitstatus: "WARNINGS: 2" },
    ];
    node.answer(() => ({ data: answers[node.calls.length - 1] }));

    expect(await waitForTask(client.api(), upid, { timeoutMs: 5000, pollMs: 5 })).toEqual({
      isOk: true,
      warningCount: 2,
      exitStatus: "WARNINGS: 2",
    });
    expect(node.calls[0]?.path).toBe(`/nodes/pve1/tasks/${upid.text}/status`);
  });

  it("leaves a task that takes too long running", async () => {
    node.answer(() => ({ data: { status: "running" } }));

    await expect(waitForTask(client.api(), upid, { timeoutMs: 50, pollMs: 5 })).rejects.toMatchObject({
      code: "not_possible",
    });
    expect(node.calls.every(({ method }) => method === "GET")).toBe(true);
  });
});
