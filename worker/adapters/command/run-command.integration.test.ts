import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { ToolError } from "@/lib/domain/errors";
import { identifyProcess, isAlive } from "./process-identity";
import { runCommand } from "./run-command";
import { streamCommand } from "./stream-command";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-command-"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The shell is a stand-in tool here: it is given as the program, never asked to interpret a command line of ours. */
function script(text: string, ...args: string[]) {
  return { file: "/bin/sh", args: ["-c", text, "sh", ...args] };
}

async function failureOf(run: Promise<unknown>): Promise<ToolError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, got ${String(error)}`);
  return error;
}

async function appears(path: string): Promise<string> {
  for (;;) {
    try {
      const text = readFileSync(path, "utf8");
      if (text.endsWith("\n")) return text.trim();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    await wait(10);
  }
}

describe("runCommand", () => {
  it("hands every argument over as it is, whatever a shell would make of it", async () => {
    const hostile = ["$(touch /tmp/x)", "`id`", "a b", "-rf", "", "line\nbreak", "quote\"'", "*"];
    const { stdout } = await runCommand({ file: "printf", args: ["%s\\0", ...hostile] });
    expect(stdout.toString().split("\0").slice(0, -1)).toEqual(hostile);
  });

  it("shows the program the allow-listed environment and what was added, nothing else", async () => {
    vi.stubEnv("AWS_CA_BUNDLE", "/nowhere");

    const { stdout } = await runCommand({ file: "env", args: [], env: { RCLONE_CONFIG: "/etc/rclone.conf" } });

    const names = stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual(["HOME", "LANG", "PATH", "RCLONE_CONFIG", "TMPDIR"]);
    vi.unstubAllEnvs();
  });

  it("feeds the input and delivers lines of both streams", async () => {
    const lines: string[] = [];
    const { stdout } = await runCommand({
      ...script("cat; echo done >&2"),
      input: "one\ntwo",
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    expect(stdout.toString()).toBe("one\ntwo");
    expect(lines.sort()).toEqual(["stderr done", "stdout one", "stdout two"]);
  });

  it("fails with the exit code and the last 50 lines of standard error", async () => {
    const error = await failureOf(
      runCommand(script("i=0; while [ $i -lt 80 ]; do i=$((i+1)); echo l$i >&2; done; exit 3")),
    );
    expect(error.failure).toMatchObject({ tool: "sh", reason: "exited", exitCode: 3 });
    expect(error.failure.stderrTail.split("\n")).toHaveLength(50);
    expect(error.message).toBe("sh exited 3: l80");
  });

  it("says that a program is not installed", async () => {
    const error = await failureOf(runCommand({ file: "no-such-program", args: [] }));
    expect(error.failure).toMatchObject({ reason: "not_started", stderrTail: "no-such-program is not installed" });
  });

  it("ends the whole process group on cancel, by KILL when TERM is ignored", async () => {
    const pidFile = join(directory, "stubborn.pid");
    const abort = new AbortController();
    const text =
      'trap "" TERM; sh -c \'trap "" TERM; echo $$ > "$1"; while :; do sleep 1; done\' sh "$1" & wait; sleep 60';
    const run = runCommand({ ...script(text, pidFile), signal: abort.signal, graceMs: 150 });
    const grandchild = identifyProcess(Number(await appears(pidFile)));

    abort.abort();

    expect((await failureOf(run)).failure.reason).toBe("canceled");
    while (grandchild && isAlive(grandchild)) await wait(10);
  });

  it("does not start anything once it is cancelled", async () => {
    const marker = join(directory, "marker");
    const run = runCommand({ file: "touch", args: [marker], signal: AbortSignal.abort() });
    expect((await failureOf(run)).failure.reason).toBe("canceled");
    expect(() => readFileSync(marker)).toThrow("ENOENT");
  });

  it("ends a program that runs out of time", async () => {
    const error = await failureOf(runCommand({ file: "sleep", args: ["60"], timeoutMs: 50 }));
    expect(error.failure.reason).toBe("timed_out");
  });

  it("ends a program that prints more than it may", async () => {
    const error = await failureOf(runCommand({ file: "yes", args: [], maxStdoutBytes: 100_000 }));
    expect(error.message).toContain("more than 100000 bytes");
  });

  it("returns although a background child still holds the output open", async () => {
    const { stdout } = await runCommand({ ...script("sleep 2 & echo over"), graceMs: 100 });
    expect(stdout.toString()).toBe("over\n");
  });

  it("runs background work at the lowest priority, as the same process", async () => {
    const { stdout } = await runCommand({ ...script('cut -d" " -f19 /proc/$$/stat; ionice -p $$'), background: true });
    expect(stdout.toString()).toBe("19\nidle\n");
  });
});

describe("streamCommand", () => {
  it("streams more than fits in memory's buffers and ends after the program", async () => {
    let sizeBytes = 0;
    for await (const chunk of streamCommand({ file: "head", args: ["-c", "20000000", "/dev/zero"] }))
      sizeBytes += chunk.length;
    expect(sizeBytes).toBe(20_000_000);
  });

  it("fails at the end when the program failed, though all its bytes were read", async () => {
    const read = streamCommand(script("echo part; echo why >&2; exit 5")).toArray();
    expect((await failureOf(read)).failure).toMatchObject({ exitCode: 5, stderrTail: "why" });
  });

  it("ends the program when the reader goes away", async () => {
    const pidFile = join(directory, "streaming.pid");
    const stream = streamCommand(script('echo $$ > "$1"; exec yes', pidFile));
    const pid = Number(await appears(pidFile));
    stream.once("data", () => stream.destroy());
    while (identifyProcess(pid)) await wait(10);
  });
});
