import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogTail } from "./log-tail";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "undercroft-tail-"));
  path = join(directory, "vzdump.log");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = (text: string) => `2026-03-01T02:00:00.000Z ${text}\n`;

describe("createLogTail", () => {
  it("hands out each line once, as it becomes whole, whatever is in it", async () => {
    const told: string[] = [];
    const tail = createLogTail(path, 0);

    await tail.read((text) => told.push(text));
    appendFileSync(path, line("INFO: Büro") + line("INFO: two").slice(0, -5));
    await tail.read((text) => told.push(text));
    appendFileSync(path, " two\n");
    await tail.read((text) => told.push(text));

    expect(told).toEqual(["INFO: Büro", "INFO: two"]);
  });

  it("does not tell again what was told before a restart", async () => {
    const told: string[] = [];
    appendFileSync(path, line("one") + line("two") + line("three"));

    await createLogTail(path, 2).read((text) => told.push(text));

    expect(told).toEqual(["three"]);
  });
});
