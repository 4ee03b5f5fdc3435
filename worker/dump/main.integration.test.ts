import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createRig, dumpMain, projectRoot, type Rig } from "./fixtures/dump-rig";
import { dumpJobPaths, readDumpResult } from "./job-folder";
import { identifyProcess } from "./process-identity";

let rig: Rig;
afterEach(() => rig.remove());

const slow = { chunkBytes: 16_384, pauseMs: 15 };

async function waitForResult(folder: string) {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const result = await readDumpResult(folder);
    if (result) return result;
    await sleep(50);
  }
  throw new Error("the dump gave no result");
}

describe("the dump process", () => {
  it("finishes alone when its starter is killed and nobody reads its output", async () => {
    rig = createRig();
    await rig.request(slow);
    const starter = `
      const { spawn } = require("node:child_process");
      const args = ["--import", "tsx", ${JSON.stringify(dumpMain)}, ${JSON.stringify(rig.job)}];
      spawn(process.execPath, args, { cwd: ${JSON.stringify(projectRoot)}, detached: true, stdio: ["ignore", "pipe", "pipe"] });
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ["-e", starter], { stdio: "ignore" });
    await rig.waitFor((state) => (state.rawBytes ?? 0) > 0);

    parent.kill("SIGKILL");

    expect(await waitForResult(rig.job)).toMatchObject({ isOk: true, guestRestart: "ok" });
  });

  it("says who it is, so that it can be found again", async () => {
    rig = createRig();
    await rig.request(slow);
    const child = rig.start();

    const state = await rig.waitFor((seen) => seen.vzdump !== null);

    expect(state.process).toEqual(identifyProcess(child.pid ?? 0));
    expect(state.vzdump).toEqual(identifyProcess(state.vzdump?.pid ?? 0));
    await rig.ended(child);
  });

  it("names the file to remove when it is killed itself, and vzdump ends by itself", async () => {
    rig = createRig();
    await rig.request(slow);
    const child = rig.start();
    const { partPath, vzdump } = await rig.waitFor((state) => state.partPath !== null);

    child.kill("SIGKILL");
    await rig.ended(child);

    const deadline = performance.now() + 10_000;
    while (identifyProcess(vzdump?.pid ?? 0)?.startTicks === vzdump?.startTicks) {
      if (performance.now() > deadline) throw new Error("vzdump went on without a reader");
      await sleep(50);
    }
    expect(existsSync(partPath ?? "")).toBe(true);
    expect(rig.dumped()).toEqual(["vzdump-lxc-102-2026_11_23-02_07_42.tar.zst.part"]);
    expect(await readDumpResult(rig.job)).toBeUndefined();
  });

  it("does not begin a dump twice", async () => {
    rig = createRig();
    await rig.run();
    const before = readFileSync(dumpJobPaths(rig.job).result, "utf8");

    const exitCode = await rig.ended(rig.start());

    expect(exitCode).toBe(3);
    expect(readFileSync(dumpJobPaths(rig.job).result, "utf8")).toBe(before);
  });

  it("says what is wrong with a request it does not understand", async () => {
    rig = createRig();

    const exitCode = await rig.ended(rig.start());

    expect(exitCode).toBe(0);
    expect(await readDumpResult(rig.job)).toMatchObject({ isOk: false, code: "not_found" });
    expect(existsSync(join(rig.job, "state.json"))).toBe(false);
  });
});
