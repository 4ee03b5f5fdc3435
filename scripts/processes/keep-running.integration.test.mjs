import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { childEnvironment } from "../project.mjs";
import { processStart } from "./end-process.mjs";
import { keepRunning } from "./keep-running.mjs";
import { findProcessesBelow } from "./processes-below.mjs";

describe("keepRunning", () => {
  let folder;
  let restarts;
  const program = (name) => ({
    name: "child",
    args: [`scripts/processes/fixtures/${name}.mjs`],
    env: childEnvironment(),
    logFile: path.join(folder, "child.log"),
  });
  const options = {
    isReady: (child) => child.hasPrinted("child ready"),
    onRestart: (text) => restarts.push(text),
  };
  const findPid = () => findProcessesBelow(folder)[0]?.pid;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-keep-"));
    restarts = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("starts a killed child again, and says so", async () => {
    const part = await keepRunning(program("patient-child"), options);
    const first = findPid();

    process.kill(first, "SIGKILL");
    await expect.poll(() => [undefined, first].includes(findPid()), { timeout: 10_000 }).toBe(false);

    expect(restarts).toEqual([expect.stringMatching(/^child was ended by SIGKILL; starting it again/)]);
    await part.stop();
    expect(findPid()).toBeUndefined();
    expect(await part.gaveUp).toBeUndefined();
  });

  it("tells how a child ended that was never ready, and the last it said", async () => {
    await expect(keepRunning(program("broken-child"), options)).rejects.toThrow(
      /^child ended with code 7 before it was ready:\nthe disk is on fire$/,
    );
  });

  it("ends a child that is not ready in time", async () => {
    const starting = keepRunning(program("patient-child"), { ...options, isReady: () => false, timeoutMs: 300 });

    await expect(starting).rejects.toThrow("child was not ready in time");
    expect(findPid()).toBeUndefined();
  });

  it("gives up a child that ends again and again", async () => {
    const part = await keepRunning(program("broken-child"), { ...options, isReady: () => true });

    expect(await part.gaveUp).toMatch(/^child ended with code 7, again and again:\n/);
    expect(restarts).toHaveLength(5);
  });

  it("ends its waiting when it is interrupted", async () => {
    const controller = new AbortController();
    const starting = keepRunning(program("patient-child"), {
      ...options,
      isReady: () => false,
      signal: controller.signal,
    });
    controller.abort(new Error("interrupted"));

    await expect(starting).rejects.toThrow("interrupted");
    expect(findPid()).toBeUndefined();
  });
});

describe("findProcessesBelow", () => {
  it("never names the process that asks", () => {
    expect(findProcessesBelow(path.dirname(process.cwd())).map(({ pid }) => pid)).not.toContain(process.pid);
    expect(processStart(process.pid)).toBeDefined();
  });
});
