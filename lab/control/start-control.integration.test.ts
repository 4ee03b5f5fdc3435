import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningLab, startLab } from "../start-lab";
import { labNow } from "../state/lab-clock";
import { nodePlaces } from "../state/places";
import { runVzdump } from "../testing/run-vzdump";

const directory = mkdtempSync(join(tmpdir(), "lab-control-"));
let lab: RunningLab;

beforeAll(async () => {
  lab = await startLab({ directory, estate: "tiny", withRemotes: false });
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${lab.description.controlUrl}/lab/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as { error?: string; config?: Record<string, unknown> },
  };
}

const volume = (node: string, name: string) => join(nodePlaces(directory, node).volumes, "local-zfs", name);

describe("the lab's controls", () => {
  it("arms faults and shows them, defaults filled in", async () => {
    const asked = {
      guests: [{ vmid: 101, fault: { kind: "noSpace" }, times: 2 }],
      api: [{ fault: { kind: "api500" }, times: 1 }],
    };

    const armed = await call("PUT", "faults", asked);

    expect(armed.status).toBe(200);
    expect(armed.body).toEqual({
      guests: [{ vmid: 101, fault: { kind: "noSpace", afterBytes: 65_536 }, times: 2 }],
      api: [{ fault: { kind: "api500" }, times: 1 }],
    });
    expect((await call("GET", "faults")).body).toEqual(armed.body);
    expect((await call("PUT", "faults", {})).body).toEqual({ guests: [], api: [] });
  });

  it.each([
    ["PUT", "faults", { guests: [{ vmid: 101, fault: { kind: "meteor" } }] }],
    ["PUT", "faults", { guest: [] }],
    ["PUT", "clock", { now: "tomorrow" }],
    ["POST", "guests", { node: "pve1", name: "two\nlines" }],
    ["PATCH", "guests/101", { name: "" }],
  ])("refuses %s /lab/%s with %j and says why", async (method, path, body) => {
    const answer = await call(method, path, body);

    expect(answer.status).toBe(400);
    expect(answer.body.error).not.toBe("");
  });

  it.each([
    ["GET", "guests/999", undefined],
    ["DELETE", "guests/999", undefined],
    ["POST", "guests", { node: "pve9", name: "x1" }],
    ["POST", "remotes/nosuch", { up: false }],
    ["GET", "nothing", undefined],
  ])("knows no %s /lab/%s", async (method, path, body) => {
    expect((await call(method, path, body)).status).toBe(404);
  });

  it("moves the clock of vzdump and gives it back", async () => {
    await call("PUT", "clock", { now: "2031-05-06T03:00:00Z" });
    const moved = labNow(directory);
    await call("PUT", "clock", { now: null });

    expect(moved.getTime() - Date.parse("2031-05-06T03:00:00Z")).toBeLessThan(60_000);
    expect(Math.abs(labNow(directory).getTime() - Date.now())).toBeLessThan(1000);
  });

  it("makes, renames, moves and destroys a guest, and a new one under its VMID has another address", async () => {
    const made = await call("POST", "guests", {
      node: "pve1",
      vmid: 300,
      name: "first",
      notes: "$(reboot)\n<b>",
      isRunning: true,
    });
    expect(made).toMatchObject({
      status: 200,
      body: { vmid: 300, config: { hostname: "first", description: "$(reboot)\n<b>\n" } },
    });
    expect((await call("POST", "guests", { node: "pve1", vmid: 300, name: "twice" })).status).toBe(409);

    const renamed = await call("PATCH", "guests/300", { name: "renamed", notes: null, lock: "migrate" });
    expect(renamed.body).toMatchObject({ config: { hostname: "renamed", lock: "migrate" } });
    expect(renamed.body.config).not.toHaveProperty("description");

    const moved = await call("PATCH", "guests/300", { node: "pve2", lock: null });
    expect(moved.body).toMatchObject({ node: "pve2" });
    expect([existsSync(volume("pve1", "subvol-300-disk-0")), existsSync(volume("pve2", "subvol-300-disk-0"))]).toEqual([
      false,
      true,
    ]);
    const backup = await runVzdump(lab.description.nodes[1]?.vzdump ?? "", ["300", "--stdout", "--compress", "0"]);
    expect(backup.exit).toBe(0);

    await call("DELETE", "guests/300");
    expect(existsSync(volume("pve2", "subvol-300-disk-0"))).toBe(false);
    const other = await call("POST", "guests", { node: "pve1", vmid: 300, type: "qemu", name: "second" });
    expect(other.body).toMatchObject({ type: "qemu", config: { name: "second" } });
    expect(other.body.config?.net0).not.toContain(String(made.body.config?.net0).match(/BC:24:11(:\w\w){3}/)?.[0]);
  });
});
