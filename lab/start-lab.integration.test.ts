import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { writeFaults } from "./faults";
import { type LabDescription, startLab } from "./start-lab";
import { guestStatus } from "./state/guests";
import { nodePlaces } from "./state/places";
import { runVzdump } from "./testing/run-vzdump";

const directory = mkdtempSync(join(tmpdir(), "lab-start-"));
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function tinyLab(folder: string) {
  const lab = await startLab({
    directory: join(directory, folder),
    estate: "tiny",
    withRemotes: false,
    unauthorizedDelayMs: 1,
  });
  stops.push(lab.stop);
  return lab;
}

type Answer = { status: number; fingerprint: string; data: unknown };

function get(
  { apiUrl, tokenId, tokenSecret }: LabDescription,
  path: string,
  token = `${tokenId}=${tokenSecret}`,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `PVEAPIToken=${token}` };
    const call = request(
      `${apiUrl}/api2/json${path}`,
      { headers, rejectUnauthorized: false, agent: false },
      (response) => {
        const socket = response.socket as import("node:tls").TLSSocket;
        const fingerprint = socket.getPeerCertificate().fingerprint256;
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, fingerprint, data: text && JSON.parse(text).data }),
        );
      },
    );
    call.once("error", reject);
    call.end();
  });
}

describe("startLab", () => {
  it("describes itself in a file only its owner reads, and answers under the fingerprint it names", async () => {
    const { description } = await tinyLab("first");

    const file = join(directory, "first/lab.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(description);
    const answer = await get(description, "/cluster/resources?type=vm");
    expect(answer).toMatchObject({ status: 200, fingerprint: description.fingerprint });
    expect(answer.data).toMatchObject([{ vmid: 101 }, { vmid: 102 }, { vmid: 200 }]);
  });

  it("comes up again on the same port with the same guests, tokens and certificate", async () => {
    const first = await tinyLab("again");
    await first.stop();
    const inode = statSync(nodePlaces(join(directory, "again"), "pve1").root).ino;

    const second = await tinyLab("again");

    const { controlUrl: _first, ...expected } = first.description;
    expect(second.description).toMatchObject(expected);
    expect(statSync(nodePlaces(join(directory, "again"), "pve1").root).ino).toBe(inode);
  });

  it("makes an estate again that was left half made", async () => {
    const half = join(directory, "half");
    mkdirSync(join(half, "cluster/guests"), { recursive: true });
    mkdirSync(join(half, "nodes/pve1/volumes/local-zfs/leftover"), { recursive: true });

    await tinyLab("half");

    expect(existsSync(join(half, "nodes/pve1/volumes/local-zfs/leftover"))).toBe(false);
  });

  it("refuses a directory in which a lab runs", async () => {
    await tinyLab("taken");

    await expect(tinyLab("taken")).rejects.toThrow(/a lab runs in .*taken already/);
  });

  it("shows an auditor's token the storages and an empty list of backups", async () => {
    const { description } = await tinyLab("auditor");
    await runVzdump(description.nodes[0]?.vzdump ?? "", ["200", "--storage", "local"]);
    const auditor = `${description.auditorTokenId}=${description.auditorTokenSecret}`;

    expect((await get(description, "/nodes/pve1/storage/local/content?content=backup")).data).toHaveLength(1);
    expect((await get(description, "/nodes/pve1/storage", auditor)).data).toHaveLength(2);
    expect((await get(description, "/nodes/pve1/storage/local/content?content=backup", auditor)).data).toEqual([]);
  });

  it("ends the backups on its nodes when it stops, and their guests run again", async () => {
    const lab = await tinyLab("stopping");
    const home = join(directory, "stopping");
    await writeFaults(home, { guests: [{ vmid: 101, fault: { kind: "slow", bytesPerSecond: 50_000 } }], api: [] });
    const backup = runVzdump(lab.description.nodes[0]?.vzdump ?? "", ["101", "--mode", "stop", "--storage", "local"]);
    while (guestStatus(home, 101).status === "running") await sleep(20);

    await lab.stop();

    expect((await backup).exit).toBe(255);
    expect(guestStatus(home, 101).status).toBe("running");
  });

  it("keeps what is new in config.db in its write-ahead log, also after somebody read it", async () => {
    const { description } = await tinyLab("database");
    const source = join(description.nodes[0]?.hostRoot ?? "", "var/lib/pve-cluster");
    const query = "select count(*) from tree where type = 8";
    const countFiles = (path: string) => Number(execFileSync("sqlite3", [path, query], { encoding: "utf8" }));
    const copyOf = (...names: string[]) => {
      const folder = mkdtempSync(join(directory, "copy-"));
      for (const name of names) copyFileSync(join(source, name), join(folder, name));
      return join(folder, "config.db");
    };

    const readInPlace = countFiles(join(source, "config.db"));

    expect(countFiles(copyOf("config.db"))).toBeLessThan(readInPlace);
    expect(countFiles(copyOf("config.db", "config.db-wal"))).toBe(readInPlace);
  });

  it("waits three seconds before it says 401, as the real server does", async () => {
    const lab = await startLab({ directory: join(directory, "slow"), estate: "tiny", withRemotes: false });
    stops.push(lab.stop);

    const startedAt = performance.now();
    const answer = await get(lab.description, "/version", "undercroft@pve!lab=wrong");

    expect(answer.status).toBe(401);
    expect(performance.now() - startedAt).toBeGreaterThan(2950);
  });
});

describe("npm run lab", () => {
  const entry = fileURLToPath(new URL("main.ts", import.meta.url));
  const start = (folder: string): Promise<ChildProcess> => {
    const argv = ["--data", join(directory, folder), "--estate", "tiny"];
    const child = fork(entry, argv, { execArgv: ["--import", import.meta.resolve("tsx")], silent: true });
    return new Promise((resolve, reject) => {
      child.stderr?.on("data", (piece: Buffer) => process.stderr.write(piece));
      child.stdout?.on("data", (piece: Buffer) => {
        if (piece.toString().includes("lab ready\n")) resolve(child);
      });
      child.once("exit", (code) => reject(new Error(`the lab ended early (${code})`)));
    });
  };
  const ended = (child: ChildProcess) => new Promise((resolve) => child.once("exit", resolve));
  const processesOf = (folder: string) =>
    execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(`${join(directory, folder)}/`));

  it.each([
    ["its parent goes", (child: ChildProcess) => child.disconnect()],
    ["it gets TERM", (child: ChildProcess) => child.kill("SIGTERM")],
  ])("stops everything it started when %s", async (name, end) => {
    const folder = name.replaceAll(" ", "-");
    const child = await start(folder);
    const { remotes, rcloneConfigPath } = JSON.parse(
      readFileSync(join(directory, folder, "lab.json"), "utf8"),
    ) as LabDescription;
    const over = ended(child);

    expect(execFileSync("rclone", ["--config", rcloneConfigPath, "lsf", remotes.primary], { encoding: "utf8" })).toBe(
      "",
    );
    expect(processesOf(folder).length).toBeGreaterThan(0);
    end(child);

    expect(await over).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });
});
