import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { endProcess, findProcessWritingTo, isAlive, type ProcessIdentity } from "./process-identity";
import { type DetachedProcess, startDetached } from "./start-detached";

let directory: string;
const started: ProcessIdentity[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-detached-"));
});

afterEach(async () => {
  for (const identity of started.splice(0)) await endProcess(identity, 0);
  rmSync(directory, { recursive: true, force: true });
});

async function start(text: string): Promise<DetachedProcess> {
  const child = await startDetached({
    file: "/bin/sh",
    args: ["-c", text],
    stdoutPath: join(directory, "out"),
    stderrPath: join(directory, "err"),
  });
  started.push(child.identity);
  return child;
}

describe("startDetached", () => {
  it("writes both streams to private files and tells how the program ended", async () => {
    const { exited } = await start("echo to-out; echo to-err >&2; exit 7");

    expect(await exited).toEqual({ exitCode: 7, signal: undefined });
    expect(readFileSync(join(directory, "out"), "utf8")).toBe("to-out\n");
    expect(readFileSync(join(directory, "err"), "utf8")).toBe("to-err\n");
    expect(statSync(join(directory, "err")).mode & 0o777).toBe(0o600);
  });

  it("appends to a log that is there already", async () => {
    await (await start("echo first >&2")).exited;
    await (await start("echo second >&2")).exited;
    expect(readFileSync(join(directory, "err"), "utf8")).toBe("first\nsecond\n");
  });

  it("leads a session of its own, so that a signal to ours does not reach it", async () => {
    const { identity, exited } = await start("cut -d' ' -f6 /proc/$$/stat");
    await exited;
    expect(readFileSync(join(directory, "out"), "utf8")).toBe(`${identity.pid}\n`);
  });

  it("refuses a program that is not installed", async () => {
    const run = startDetached({ file: "no-such", args: [], stdoutPath: "/dev/null", stderrPath: "/dev/null" });
    await expect(run).rejects.toMatchObject({ code: "tool_failed", failure: { reason: "not_started" } });
  });
});

describe("a process's identity", () => {
  it("finds the process that writes to a log", async () => {
    const { identity } = await start("sleep 60");
    expect(findProcessWritingTo(join(directory, "err"))).toEqual(identity);
    expect(findProcessWritingTo(join(directory, "other"))).toBeUndefined();
  });

  it("does not take another process with the same pid for ours", async () => {
    const { identity } = await start("sleep 60");
    const older = { ...identity, startTicks: identity.startTicks - 1 };

    expect(isAlive(identity)).toBe(true);
    expect(isAlive(older)).toBe(false);
    expect(await endProcess(older, 0)).toBe("was_over");
    expect(isAlive(identity)).toBe(true);
  });

  it("ends a process and its group at once when TERM is enough", async () => {
    const { identity, exited } = await start("sleep 60 & sleep 60");

    expect(await endProcess(identity)).toBe("ended");
    expect(await exited).toEqual({ exitCode: undefined, signal: "SIGTERM" });
    expect(await endProcess(identity)).toBe("was_over");
  });

  it("ends by KILL what ignores TERM", async () => {
    const { identity, exited } = await start('trap "" TERM; echo ready; while :; do sleep 1; done');
    while (!readFileSync(join(directory, "out"), "utf8").includes("ready")) await new Promise(setImmediate);

    expect(await endProcess(identity, 100)).toBe("ended");
    expect(await exited).toEqual({ exitCode: undefined, signal: "SIGKILL" });
  });
});
