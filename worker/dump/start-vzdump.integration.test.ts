import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startVzdump } from "./start-vzdump";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "undercroft-pipe-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function readAll(script: string, silenceMs?: number) {
  const lines: string[] = [];
  const running = await startVzdump({
    program: "sh",
    args: ["-c", script],
    environment: { PATH: "/usr/bin:/bin" },
    archivePipePath: join(folder, "pipe"),
    onLines: (more) => lines.push(...more),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  let bytes = 0;
  for await (const piece of running.readArchive()) bytes += piece.length;
  return { bytes, lines, ...(await running.exited) };
}

describe("startVzdump", () => {
  it("gives out every byte of standard output and every line of standard error", async () => {
    expect(await readAll("head -c 5000000 /dev/zero; echo one >&2; printf two >&2; exit 7")).toEqual({
      bytes: 5_000_000,
      lines: ["one", "two"],
      exitCode: 7,
      signal: null,
    });
  });

  it("takes silence for the end when something left behind holds the pipes open", async () => {
    const startedMs = performance.now();

    const seen = await readAll("sleep 20 & head -c 1000 /dev/zero; echo one >&2", 300);

    expect(seen).toMatchObject({ bytes: 1000, lines: ["one"], exitCode: 0 });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it("waits as long as a slow archive takes while the program runs", async () => {
    expect(await readAll("printf a; sleep 1; printf b", 100)).toMatchObject({ bytes: 2, exitCode: 0 });
  });
});
