import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiFault, type GuestFault, writeFaults } from "../faults";
import { type RunningLab, startLab } from "../start-lab";
import { readEstate } from "../state/estate";
import { findGuest, setGuestStatus } from "../state/guests";
import { nodePlaces } from "../state/places";
import { findTask, listTasks, taskLogLines } from "../tasks/task-store";
import { maskedLog } from "../testing/masked-log";
import { truthEstate } from "../testing/truth-estate";

/** One recorded call of the real API. Lists are cut down to one entry of each shape. */
type Exchange = {
  name: string;
  method: string;
  path: string;
  authorization?: string;
  cookie?: string;
  csrf?: string;
  contentType?: string;
  body?: string;
  status: number;
  phrase: string;
  answerType?: string;
  json?: { data: unknown };
  text?: string;
};

const fixture = readFileSync(new URL("../fixtures/truth/api-exchanges.json", import.meta.url), "utf8");
const exchanges = JSON.parse(fixture) as Exchange[];

const directory = mkdtempSync(join(tmpdir(), "lab-api-"));
const backup1 = join(nodePlaces(directory, "pve1").root, "srv/backup1/dump");
let lab: RunningLab;

/** Guests that take their time to stop: some calls were made meanwhile. */
const plan = { ...truthEstate, estate: { ...truthEstate.estate, shutdownMs: 800 } };

/** UPIDs and tickets of the recording, and what stands for them here. */
const ours = new Map<string, string>();

beforeAll(async () => {
  lab = await startLab({ directory, estate: plan, withRemotes: false, unauthorizedDelayMs: 5 });
  // Root's tasks, one good and one bad, stand before the first recorded call; so do the archives it lists.
  for (const vmid of ["101", "102"]) await runAsRoot([vmid, "--storage", "backup1"]);
  for (const vmid of ["107", "105"]) await runAsRoot([vmid, "--storage", "backup1", "--compress", "zstd"]);
  copyRecordedArchives();
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function runAsRoot(argv: string[]): Promise<void> {
  const { execa } = await import("execa");
  await execa(lab.description.nodes[0]?.vzdump ?? "", argv, { reject: false });
}

/** Every archive a recorded call names, under that name: of its guest where there is one, else of guest 107. */
function copyRecordedArchives(): void {
  const fresh = readdirSync(backup1);
  const mentioned = fixture.matchAll(/backup1(?::|%3A)backup(?:\/|%2F)(vzdump-lxc-(\d+)-[\d_-]+\.tar(?:\.\w+)?)/g);
  for (const [, name = "", vmid = ""] of mentioned) {
    const suffix = name.endsWith(".tar") ? ".tar" : ".tar.zst";
    const own = fresh.find((file) => file.startsWith(`vzdump-lxc-${vmid}-`) && file.endsWith(suffix));
    const any = fresh.find((file) => file.endsWith(".tar.zst"));
    if (!name.includes("-2020_")) copyFileSync(join(backup1, own ?? any ?? ""), join(backup1, name));
  }
  writeFileSync(
    join(backup1, "vzdump-lxc-101-2026_11_23-02_04_50.tar.zst.notes"),
    "web01 on pve1 (101, standalone node)",
  );
  writeFileSync(join(backup1, "vzdump-lxc-107-2026_11_23-02_10_59.tar.zst.notes"), "stopped01 / pve1\nsecond line");
  writeFileSync(join(backup1, "vzdump-lxc-107-2026_11_23-02_10_59.tar.zst.protected"), "");
  writeFileSync(join(backup1, "vzdump-lxc-107-2026_01_01-00_00_00.tar.zst"), "not an archive at all");
  truncateSync(join(backup1, "vzdump-lxc-107-2026_01_02-00_00_00.tar.zst"), 5000);
}

const faultOf108 = (...faults: GuestFault[]) =>
  writeFaults(directory, { guests: faults.map((fault) => ({ vmid: 108, fault })), api: [] });

async function endRunningTasks(): Promise<void> {
  for (const task of listTasks(directory, "pve1").active) {
    if (task.pid !== process.pid) process.kill(-task.pid, "SIGTERM");
  }
  while (listTasks(directory, "pve1").active.length > 0) await sleep(20);
}

async function whenArchiving108(): Promise<void> {
  while (!readdirSync(backup1).some((name) => /-108-.*\.dat$/.test(name))) await sleep(20);
}

/** What had to happen between two recorded calls, by the number of the second. */
const before: Record<string, () => unknown> = {
  "218": () => faultOf108({ kind: "slow", bytesPerSecond: 100_000 }),
  "223": async () => {
    while (findGuest(directory, 108)?.config.lock !== "backup") await sleep(5);
  },
  "231": endRunningTasks,
  "236": endRunningTasks,
  "237": whenArchiving108,
  "254": () => faultOf108(),
  "257": () => faultOf108({ kind: "noSpace", afterBytes: 100_000 }),
  "260": () => faultOf108(),
  "297": endRunningTasks,
  "416": () => setGuestStatus(directory, 300, "running"),
  "557": async () => {
    await endRunningTasks();
    await faultOf108({ kind: "slow", bytesPerSecond: 100_000 });
  },
  "558": async () => {
    await whenArchiving108();
    const [task] = listTasks(directory, "pve1").active;
    if (task) process.kill(task.pid, "SIGKILL");
  },
  "579": () => armApi({ kind: "daemonDown" }),
};

const armApi = (...faults: ApiFault[]) =>
  writeFaults(directory, { guests: [], api: faults.map((fault) => ({ fault })) });

type Answered = { status: number; phrase: string; type: string | undefined; text: string };

function send(exchange: Exchange): Promise<Answered> {
  const { port } = new URL(lab.description.apiUrl);
  const secretOf = (tokenId: string) => readEstate(directory).tokens.find((token) => token.tokenId === tokenId)?.secret;
  const authorization = exchange.authorization?.replace(
    /^PVEAPIToken=([^=]+)=<secret>$/,
    (_, tokenId: string) => `PVEAPIToken=${tokenId}=${secretOf(tokenId)}`,
  );
  const cookie = exchange.cookie?.replace(
    /^PVEAuthCookie=.*\.\.\.$/,
    `PVEAuthCookie=${encodeURIComponent(ours.get("ticket") ?? "")}`,
  );
  const headers = {
    ...(authorization ? { Authorization: authorization } : {}),
    ...(cookie ? { Cookie: cookie } : {}),
    ...(exchange.csrf
      ? { CSRFPreventionToken: exchange.csrf.startsWith("6B0395FD") ? (ours.get("csrf") ?? "") : exchange.csrf }
      : {}),
    ...(exchange.contentType ? { "Content-Type": exchange.contentType } : {}),
    ...(exchange.body ? { "Content-Length": Buffer.byteLength(exchange.body) } : {}),
  };
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        method: exchange.method,
        path: inOurWords(exchange.path),
        headers,
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            phrase: response.statusMessage ?? "",
            type: response.headers["content-type"],
            text,
          }),
        );
      },
    );
    call.once("error", reject);
    call.end(exchange.body);
  });
}

function inOurWords(path: string): string {
  return path.replace(/UPID(?::|%3A)[^/?]+/, (upid) => {
    const own = ours.get(decodeURIComponent(upid));
    return own ? encodeURIComponent(own) : upid;
  });
}

/** A recorded state of a task is one moment of its life: the same moment is waited for. */
async function waitForTask(exchange: Exchange): Promise<void> {
  const upid = /UPID(?::|%3A)[^/?]+/.exec(exchange.path)?.[0];
  const own = upid && ours.get(decodeURIComponent(upid));
  const data = exchange.json?.data;
  const isOver =
    (isRecord(data) && data.status === "stopped") ||
    (Array.isArray(data) && data.some((line) => /^TASK /.test(line.t ?? "")));
  while (own && isOver && findTask(directory, own)?.isRunning) await sleep(20);
  const task = own && exchange.path.includes("/log") ? findTask(directory, own) : undefined;
  while (task && (taskLogLines(directory, task) ?? []).length === 0) await sleep(20);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields and types of a value. A list is what kinds of entries it has. */
function shapeOf(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) return [...new Set(value.map((entry) => JSON.stringify(shapeOf(entry))))].toSorted();
  if (!isRecord(value)) return typeof value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, shapeOf(value[key])]),
  );
}

/** The lines of a vzdump task that is over, times and sizes masked; undefined for any other answer. */
function finishedLog(data: unknown): string | undefined {
  if (!Array.isArray(data) || !/^TASK /.test(data.at(-1)?.t ?? "")) return undefined;
  const lines = data.map((line: { t: string }) => line.t).join("\n");
  return maskedLog(lines.replaceAll(nodePlaces(directory, "pve1").root, ""));
}

const isUpid = (value: unknown): value is string => typeof value === "string" && value.startsWith("UPID:");

describe("the API, against recorded answers of the real one", () => {
  it.each(exchanges)("answers as in $name", async (exchange) => {
    await before[exchange.name.slice(0, 3)]?.();
    await waitForTask(exchange);

    const answer = await send(exchange);

    expect({ status: answer.status, phrase: answer.phrase }).toEqual({
      status: exchange.status,
      phrase: exchange.phrase,
    });
    expect(answer.type).toBe(exchange.answerType);
    if (exchange.json === undefined) {
      if (exchange.status !== 200) expect(answer.text).toBe(exchange.text);
      return;
    }
    const json = JSON.parse(answer.text) as { data: unknown };
    if (isUpid(exchange.json.data) && isUpid(json.data)) ours.set(exchange.json.data, json.data);
    if (isRecord(json.data) && typeof json.data.ticket === "string" && exchange.name.startsWith("506")) {
      ours.set("ticket", json.data.ticket);
      ours.set("csrf", String(json.data.CSRFPreventionToken));
    }
    if (exchange.status !== 200) expect(json).toEqual(exchange.json);
    else expect(shapeOf(json)).toEqual(shapeOf(exchange.json));
    const [recordedLog, log] = [finishedLog(exchange.json.data), finishedLog(json.data)];
    if (recordedLog !== undefined) expect(log).toBe(recordedLog);
  });
});

describe("the API's faults", () => {
  const asRoot = {
    authorization: "PVEAPIToken=root@pam!full=<secret>",
    method: "GET",
    name: "",
    phrase: "",
    status: 0,
  };
  const get = async (path: string) => {
    const { status, phrase, text } = await send({ ...asRoot, path: `/api2/json${path}` });
    return { status, phrase, data: text && JSON.parse(text).data };
  };

  afterEach(() => armApi());

  it("apiDown: breaks the connection", async () => {
    await armApi({ kind: "apiDown" });

    await expect(get("/version")).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it("api500: answers an error as a cluster without quorum does", async () => {
    await armApi({ kind: "api500" });

    expect(await get("/version")).toMatchObject({ status: 500, phrase: "cluster not ready - no quorum?" });
  });

  it("slowApi: waits first", async () => {
    await armApi({ kind: "slowApi", delayMs: 300 });

    const startedAt = performance.now();
    expect(await get("/version")).toMatchObject({ status: 200 });
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  it("nodeDown: knows the node's guests by their place only, and cannot ask it anything", async () => {
    await armApi({ kind: "nodeDown", node: "pve1" });

    expect(await get("/nodes/pve1/lxc")).toEqual({ status: 595, phrase: "No route to host", data: "" });
    expect((await get("/nodes")).data).toMatchObject([{ node: "pve1", status: "offline" }]);
    expect((await get("/cluster/status")).data).toMatchObject([{ name: "pve1", online: 0 }]);
    const guests = (await get("/cluster/resources?type=vm")).data;
    expect(guests[0]).toEqual({ id: "lxc/101", type: "lxc", vmid: 101, node: "pve1", status: "unknown" });
  });
});
