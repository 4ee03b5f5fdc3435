import { mkdtempSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDumpState } from "./job-folder";
import { createProgressFile } from "./progress-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "undercroft-progress-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const initial = {
  phase: "starting",
  process: { pid: 1, startTicks: 2 },
  vzdump: null,
  rawBytes: null,
  writtenBytes: 0,
  vzdumpPercent: null,
  archiveName: null,
  partPath: null,
  isCanceling: false,
} as const;

describe("createProgressFile", () => {
  it("writes at most twice a second however often it is told, and the last word in the end", async () => {
    let renames = 0;
    const watcher = watch(folder, (event, name) => {
      if (event === "rename" && name === "state.json") renames += 1;
    });
    const progress = createProgressFile(folder, initial, () => undefined);

    for (let step = 1; step <= 120; step += 1) {
      progress.update({ writtenBytes: step });
      await sleep(10);
    }
    await progress.close();
    watcher.close();

    expect(await readDumpState(folder)).toMatchObject({ phase: "starting", writtenBytes: 120 });
    expect(renames).toBeGreaterThanOrEqual(2);
    expect(renames).toBeLessThanOrEqual(5);
  });

  it("writes at once what is urgent", async () => {
    const progress = createProgressFile(folder, initial, () => undefined);

    progress.update({ partPath: "/dump/a.part" }, true);
    await progress.close();

    expect(await readDumpState(folder)).toMatchObject({ partPath: "/dump/a.part" });
  });

  it("says once that it cannot write, and goes on", async () => {
    const errors: unknown[] = [];
    const progress = createProgressFile(join(folder, "missing"), initial, (error) => errors.push(error));

    progress.update({ writtenBytes: 1 }, true);
    progress.update({ writtenBytes: 2 }, true);
    await progress.close();

    expect(errors).toEqual([expect.objectContaining({ code: "ENOENT" })]);
  });
});
