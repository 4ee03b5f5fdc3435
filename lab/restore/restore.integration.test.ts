import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fullEstate } from "../estate/full-estate";
import { type RunningLab, startLab } from "../start-lab";
import { findGuest, guestStatus } from "../state/guests";
import { nodePlaces } from "../state/places";
import { findTask, taskLogLines } from "../tasks/task-store";
import { describeTree } from "../testing/describe-tree";
import { runVzdump } from "../testing/run-vzdump";

const directory = mkdtempSync(join(tmpdir(), "lab-restore-"));
const { volumes, dumpDirectory } = nodePlaces(directory, "pve1");
let lab: RunningLab;

beforeAll(async () => {
  const guests = fullEstate.guests.filter(({ guest }) => guest.node === "pve1");
  lab = await startLab({ directory, estate: { ...fullEstate, guests }, withRemotes: false });
  const launcher = lab.description.nodes[0]?.vzdump ?? "";
  for (const vmid of ["101", "102", "103", "200"]) {
    expect((await runVzdump(launcher, [vmid, "--storage", "local", "--compress", "zstd"])).exit).toBe(0);
  }
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

const archiveOf = (vmid: number) =>
  readdirSync(dumpDirectory).find((name) => name.includes(`-${vmid}-`) && name.endsWith(".zst")) ?? "";
const volumeIdOf = (vmid: number) => `local:backup/${archiveOf(vmid)}`;

function post(
  path: string,
  parameters: Record<string, string>,
): Promise<{ status: number; data: string; message?: string }> {
  const { apiUrl, tokenId, tokenSecret } = lab.description;
  const body = new URLSearchParams(parameters).toString();
  const headers = {
    Authorization: `PVEAPIToken=${tokenId}=${tokenSecret}`,
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": body.length,
  };
  return new Promise((resolve, reject) => {
    const call = request(
      `${apiUrl}/api2/json${path}`,
      { method: "POST", headers, rejectUnauthorized: false, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, ...JSON.parse(text) }));
      },
    );
    call.once("error", reject);
    call.end(body);
  });
}

/** Restores and waits for the task; its exit status and its log. */
async function restore(type: "lxc" | "qemu", parameters: Record<string, string>) {
  const { data: upid } = await post(`/nodes/pve1/${type}`, parameters);
  while (findTask(directory, upid)?.isRunning) await sleep(20);
  const task = findTask(directory, upid);
  return { status: task?.exitStatus, log: task ? (taskLogLines(directory, task) ?? []) : [] };
}

/** A volume's own root is there before tar comes, and --skip-old-files leaves it as it is: so does the real restore. */
const excluded = /^\. |^(tmp|var\/tmp)\/|^var\/run\/\S+\.pid |^dev\/|^(etc|tmp|var\/tmp|var\/run|dev) /;
const comparable = (root: string) => describeTree(root).filter((line) => !excluded.test(line));

describe("restoring through the API", () => {
  it.each([101, 103])("brings container %i back into a new one, file by file", async (vmid) => {
    const twin = vmid + 200;
    const result = await restore("lxc", {
      vmid: `${twin}`,
      ostemplate: volumeIdOf(vmid),
      restore: "1",
      storage: "local-zfs",
    });

    expect(result.status).toBe("OK");
    const [original, restored] = [vmid, twin].map((id) =>
      comparable(join(volumes, "local-zfs", `subvol-${id}-disk-0`)),
    );
    expect(restored).toEqual(original);
    const { rootfs: _from, ...config } = findGuest(directory, vmid)?.config ?? {};
    const { rootfs, ...restoredConfig } = findGuest(directory, twin)?.config ?? {};
    expect(restoredConfig).toEqual(config);
    expect(rootfs).toMatch(new RegExp(`^local-zfs:subvol-${twin}-disk-0,size=\\d+G$`));
    expect(guestStatus(directory, twin).status).toBe("stopped");
  });

  it("refuses a token the bind mount of a container, and leaves nothing", async () => {
    const result = await restore("lxc", {
      vmid: "302",
      ostemplate: volumeIdOf(102),
      restore: "1",
      storage: "local-zfs",
    });

    expect(result.status).toBe("unable to restore CT 302 - restoring 'mp2' to bind mount is only possible for root");
    expect(findGuest(directory, 302)).toBeUndefined();
  });

  it("puts mount points that are given onto volumes of their own", async () => {
    const given = { rootfs: "local-zfs:4", mp0: "local-zfs:8,mp=/var/lib/data,backup=1" };
    const result = await restore("lxc", {
      vmid: "302",
      ostemplate: volumeIdOf(102),
      restore: "1",
      ...given,
      start: "1",
    });

    expect(result.status).toBe("OK");
    expect(findGuest(directory, 302)?.config).toMatchObject({
      rootfs: "local-zfs:subvol-302-disk-0,size=4G",
      mp0: "local-zfs:subvol-302-disk-1,mp=/var/lib/data,backup=1,size=8G",
    });
    expect(findGuest(directory, 302)?.config).not.toHaveProperty("mp1");
    const data = (vmid: number) => comparable(join(volumes, "local-zfs", `subvol-${vmid}-disk-1`, "var/lib/data"));
    expect(data(302)).toEqual(data(102));
    expect(guestStatus(directory, 302).status).toBe("running");
  });

  it("brings a VM's disks and firewall back, under new addresses where asked", async () => {
    const result = await restore("qemu", { vmid: "400", archive: volumeIdOf(200), unique: "1", name: "shop-restored" });

    expect(result.status).toBe("OK");
    expect(result.log).toContain("DEV: dev_id=1 size: 100663296 devname: drive-scsi0");
    expect(result.log.some((line) => /^progress 100% \(read \d+ bytes, duration \d+ sec\)$/.test(line))).toBe(true);
    for (const disk of [0, 1]) {
      const image = (vmid: number) => readFileSync(join(volumes, "local-zfs", `vm-${vmid}-disk-${disk}`));
      expect(image(400).equals(image(200))).toBe(true);
    }
    const restored = findGuest(directory, 400);
    expect(restored?.config).toMatchObject({ name: "shop-restored", cores: 2, memory: "2048" });
    expect(restored?.config.net0).not.toBe(findGuest(directory, 200)?.config.net0);
    expect(restored?.firewall).toContain("enable: 1");
  });

  it("fails on an archive that is cut short, and takes its disks away again", async () => {
    truncateSync(join(dumpDirectory, archiveOf(200)), 2_000_000);

    const result = await restore("qemu", { vmid: "401", archive: volumeIdOf(200) });

    expect(result.status).toContain("VM 401 state is NOT cleaned up.");
    expect(findGuest(directory, 401)).toBeUndefined();
    expect(readdirSync(join(volumes, "local-zfs")).filter((name) => name.includes("401"))).toEqual([]);
  });

  it("refuses what exists, unless it is stopped and may be overwritten", async () => {
    const again = { ostemplate: volumeIdOf(101), restore: "1", storage: "local-zfs" };

    expect(await post("/nodes/pve1/lxc", { ...again, vmid: "101" })).toMatchObject({
      message: "CT 101 already exists on node 'pve1'\n",
    });
    expect(await post("/nodes/pve1/lxc", { ...again, vmid: "101", force: "1" })).toMatchObject({
      message: "can't overwrite running container\n",
    });
    expect(await restore("lxc", { ...again, vmid: "104", force: "1" })).toMatchObject({ status: "OK" });
    expect(findGuest(directory, 104)?.config.hostname).toBe("web01");
  });
});
