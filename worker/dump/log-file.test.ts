import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDumpLogLine } from "./job-folder";
import { openLogFile } from "./log-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "undercroft-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const readLog = () => readFileSync(join(folder, "log"), "utf8").split("\n").slice(0, -1);

describe("openLogFile", () => {
  it("appends lines that can be read back with their time, at once", () => {
    const log = openLogFile(join(folder, "log"), () => undefined);

    log.append(["INFO: one", ""]);

    const [first, second] = readLog().map(parseDumpLogLine);
    expect(first?.line).toBe("INFO: one");
    expect(Math.abs(Date.now() - (first?.at.getTime() ?? 0))).toBeLessThan(10_000);
    expect(second?.line).toBe("");
    log.close();
  });

  it("keeps the start and the last lines of a program that never stops talking", () => {
    const log = openLogFile(join(folder, "log"), () => undefined, 1000);

    for (let line = 0; line < 5000; line += 1) log.append([`line ${line}`]);
    log.close();

    const lines = readLog().map((text) => parseDumpLogLine(text)?.line);
    const gap = lines.findIndex((line) => line?.includes("left out"));
    expect(lines[0]).toBe("line 0");
    expect(lines[gap]).toBe(`[${4500 - gap} lines are left out here]`);
    expect(lines.slice(gap + 1)).toEqual(Array.from({ length: 500 }, (_, line) => `line ${4500 + line}`));
  });

  it("says once that it cannot write, and goes on", () => {
    const errors: unknown[] = [];
    const log = openLogFile("/dev/full", (error) => errors.push(error));

    log.append(["one"]);
    log.append(["two"]);
    log.close();

    expect(errors).toEqual([expect.objectContaining({ code: "ENOSPC" })]);
  });
});
