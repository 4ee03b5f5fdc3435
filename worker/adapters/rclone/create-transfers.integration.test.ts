import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type LabRemotes, startRemotes } from "@/lab/remotes/start-remotes";
import type { Follow, TransferOrder, Transfers } from "../../ports";
import { createRemotes } from "./create-remotes";
import { createTransfers } from "./create-transfers";
import { createRclone, type Rclone } from "./rclone";

const mebibyte = 1024 * 1024;
const content = randomBytes(4 * mebibyte);
let directory: string;
let stateDirectory: string;
let sourcePath: string;
let lab: LabRemotes;
let rclone: Rclone;
let transfers: Transfers;
let count = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-transfers-"));
  stateDirectory = join(directory, "state");
  sourcePath = join(directory, "-source: ü.zst");
  writeFileSync(sourcePath, content);
  lab = await startRemotes({ directory: join(directory, "remotes") });
  rclone = createRclone({ configPath: lab.rcloneConfigPath, stateDirectory });
  transfers = createTransfers(rclone);
});

afterEach(async () => {
  for (const { transferId } of await transfers.listTransfers()) await transfers.forgetTransfer(transferId);
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  count += 1;
  const subject = `labsftp:undercroft/pve1/${count}`;
  return { transferId: `step-${count}`, subject, from: sourcePath, to: subject, sizeBytes: content.length, ...changes };
}

/** Takes about two seconds, so that something can happen meanwhile. */
const slow = { limitBytesPerSecond: 2 * mebibyte };

function follow(changes: Partial<Follow> = {}): Follow & { lines: string[]; bytes: number[] } {
  const lines: string[] = [];
  const bytes: number[] = [];
  return {
    lines,
    bytes,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
    onProgress: ({ bytesDone }) => bytes.push(bytesDone),
    ...changes,
  };
}

async function arrived(path: string): Promise<boolean> {
  const found = await createRemotes(rclone).readObject(path).toArray();
  return Buffer.concat(found).equals(content);
}

/** Runs until bytes move, then aborts with a reason. */
async function abortMidway(wanted: TransferOrder, reason: string): Promise<void> {
  const abort = new AbortController();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => bytesDone > 0 && abort.abort(reason);
  const run = transfers.runTransfer(wanted, follow({ signal: abort.signal, onProgress }));
  await expect(run).rejects.toMatchObject({ code: "canceled" });
}

describe("a transfer", () => {
  it.each(["labsftp", "labdav", "labs3"])("brings a file to %s and tells how far it is", async (remote) => {
    const wanted = order({ to: `${remote}:undercroft/pve1/x: y`, ...slow });
    const seen = follow();

    const end = await transfers.runTransfer(wanted, seen);

    expect(end).toEqual({ transferId: wanted.transferId, to: wanted.to, isExitKnown: true, failure: undefined });
    expect(await arrived(wanted.to)).toBe(true);
    expect(seen.bytes.length).toBeGreaterThan(2);
    expect(seen.bytes).toEqual(seen.bytes.toSorted((a, b) => a - b));
    expect(seen.bytes.at(-1)).toBe(content.length);
    await transfers.forgetTransfer(wanted.transferId);
    expect(readdirSync(join(stateDirectory, "transfers"))).toEqual([]);
  });

  it("writes again what has the same size and time already", async () => {
    const wanted = order();
    await transfers.runTransfer(wanted, follow());
    await transfers.forgetTransfer(wanted.transferId);
    const target = join(lab.folders.labsftp, "undercroft", "pve1", String(count));
    const rotten = Buffer.from(content);
    rotten.fill(0, 100, 200);
    writeFileSync(target, rotten);

    await transfers.runTransfer(wanted, follow());

    expect(readFileSync(target).equals(content)).toBe(true);
  });

  it("says in rclone's words why it failed", async () => {
    const missing = order({ from: join(directory, "none") });
    expect((await transfers.runTransfer(missing, follow())).failure).toMatchObject({ code: "not_found" });

    await lab.setUp("labsftp", false);
    const seen = follow();
    const end = await transfers.runTransfer(order(), seen);
    await lab.setUp("labsftp", true);
    expect(end).toMatchObject({ isExitKnown: true, failure: { code: "remote_unreachable" } });
    expect(seen.lines.join("\n")).toContain("connection refused");
  });

  it("shows neither secrets nor our environment to anybody who looks at the process", async () => {
    const wanted = order(slow);
    const run = transfers.runTransfer(wanted, follow());
    while (!(await transfers.listTransfers())[0]?.isRunning) await wait(10);
    const { identity } = JSON.parse(readFileSync(recordPath(wanted.transferId), "utf8"));

    const commandLine = readFileSync(`/proc/${identity.pid}/cmdline`, "utf8").split("\0");
    const environment = readFileSync(`/proc/${identity.pid}/environ`, "utf8").split("\0").filter(Boolean);

    expect(commandLine.at(-2)).toBe(wanted.to);
    expect(environment.map((line) => line.split("=")[0]).sort()).toEqual([
      "HOME",
      "LANG",
      "PATH",
      "RCLONE_CONFIG",
      "TMPDIR",
    ]);
    for (const line of readFileSync(lab.rcloneConfigPath, "utf8").matchAll(/^(?:pass|secret_access_key) = (.+)$/gm)) {
      expect([...commandLine, ...environment].join("\n")).not.toContain(line[1]);
    }
    await run;
  });

  it("is ended and forgotten when it is cancelled", async () => {
    const wanted = order(slow);
    await abortMidway(wanted, "canceled");
    expect(await transfers.listTransfers()).toEqual([]);
    expect(existsSync(recordPath(wanted.transferId))).toBe(false);
  });

  it("is ended when no byte moves any more", async () => {
    const impatient = createTransfers(rclone, { stallAfterMs: 1_200 });
    const wanted = order(slow);
    const run = impatient.runTransfer(
      wanted,
      follow({ onProgress: ({ bytesDone }) => bytesDone > 0 && void lab.setFaults("labsftp", { hang: true }) }),
    );
    const end = await run;
    expect(end.failure).toMatchObject({ code: "remote_unreachable", message: expect.stringContaining("Not a byte") });
    expect((await impatient.listTransfers())[0]).toMatchObject({ isRunning: false });
    await lab.setFaults("labsftp", {});
  });
});

describe("a transfer whose worker ended", () => {
  it("goes on, is found again, and each of its lines is told once", async () => {
    const wanted = order({ ...slow, to: "labs3:undercroft/pve1/adopted" });
    // Refused once, so that there is a line to tell.
    await lab.setFaults("labs3", [{ on: "put", times: 1, status: 503, code: "SlowDown" }]);
    await abortMidway(wanted, "interrupted");
    expect(await transfers.listTransfers()).toMatchObject([{ subject: wanted.subject, isRunning: true }]);

    const seen = follow();
    const restarted = createTransfers(rclone);
    const end = await restarted.runTransfer(
      { ...wanted, transferId: "another-try", to: "labs3:undercroft/elsewhere" },
      seen,
    );

    expect(end).toEqual({ transferId: wanted.transferId, to: wanted.to, isExitKnown: false, failure: undefined });
    expect(await arrived(wanted.to)).toBe(true);
    expect(await createRemotes(rclone).statObject("labs3:undercroft/elsewhere")).toBeUndefined();
    expect(seen.bytes.at(-1)).toBe(content.length);
    expect(seen.lines).toEqual([]);
  });

  it("is found after it is over, too", async () => {
    const wanted = order(slow);
    await abortMidway(wanted, "interrupted");
    while ((await transfers.listTransfers())[0]?.isRunning) await wait(50);

    expect(await createTransfers(rclone).runTransfer(wanted, follow())).toMatchObject({ isExitKnown: false });
    expect(await arrived(wanted.to)).toBe(true);
  });

  it("is found by its log when the worker died before it could write down the pid", async () => {
    const wanted = order(slow);
    await abortMidway(wanted, "interrupted");
    const record = JSON.parse(readFileSync(recordPath(wanted.transferId), "utf8"));
    writeFileSync(recordPath(wanted.transferId), JSON.stringify({ ...record, identity: undefined }));

    const end = await createTransfers(rclone).runTransfer(wanted, follow());

    expect(end).toMatchObject({ transferId: wanted.transferId, isExitKnown: false });
    expect(await arrived(wanted.to)).toBe(true);
  });

  it("is started anew when it never began", async () => {
    const wanted = order();
    await transfers.runTransfer(wanted, follow());
    const record = JSON.parse(readFileSync(recordPath(wanted.transferId), "utf8"));
    writeFileSync(recordPath(wanted.transferId), JSON.stringify({ ...record, identity: undefined }));

    expect(await transfers.runTransfer(wanted, follow())).toMatchObject({ isExitKnown: true, failure: undefined });
  });

  it("is ended when the subject is now to come from elsewhere", async () => {
    const wanted = order(slow);
    await abortMidway(wanted, "interrupted");
    const otherSource = join(directory, "other");
    writeFileSync(otherSource, content);

    const end = await transfers.runTransfer(
      { ...wanted, transferId: `${wanted.transferId}-2`, from: otherSource },
      follow(),
    );

    expect(end).toMatchObject({ transferId: `${wanted.transferId}-2`, isExitKnown: true, failure: undefined });
    expect(await transfers.listTransfers()).toHaveLength(1);
  });

  it("outlives a worker that is killed, and its next one takes it over", async () => {
    const wanted = order(slow);
    const script = join(import.meta.dirname, "fixtures", "run-one-transfer.ts");
    const settings = JSON.stringify({ settings: rclone.settings, order: wanted });
    const worker = execFile(process.execPath, ["--import", "tsx", script, settings], { cwd: process.cwd() });
    while (!(await transfers.listTransfers())[0]?.isRunning) await wait(20);

    worker.kill("SIGKILL");
    await new Promise((resolve) => worker.once("exit", resolve));

    expect(await transfers.listTransfers()).toMatchObject([{ isRunning: true }]);
    const end = await transfers.runTransfer(wanted, follow());
    expect(end).toMatchObject({ isExitKnown: false, failure: undefined });
    expect(await arrived(wanted.to)).toBe(true);
  });
});

function recordPath(transferId: string): string {
  return join(stateDirectory, "transfers", transferId, "transfer.json");
}
