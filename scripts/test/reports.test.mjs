import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countPlaywright, countVitest } from "./reports.mjs";

let folder;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-counts-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function report(value) {
  const file = path.join(folder, "report.json");
  fs.writeFileSync(file, JSON.stringify(value));
  return file;
}

describe("countVitest", () => {
  it("counts tests, and a file that could not be loaded as one failure", () => {
    const file = report({
      numPassedTests: 7,
      numFailedTests: 1,
      testResults: [
        { status: "passed", assertionResults: [{ status: "passed" }] },
        { status: "failed", assertionResults: [{ status: "failed" }] },
        { status: "failed", assertionResults: [] },
      ],
    });

    expect(countVitest(file)).toEqual({ passed: 7, failed: 2 });
  });

  it("finds no test where there is no report", () => {
    expect(countVitest(path.join(folder, "none.json"))).toEqual({ passed: 0, failed: 0 });
  });
});

describe("countPlaywright", () => {
  it("counts a test that passed only on a repeat as failed", () => {
    const file = report({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 }, errors: [] });

    expect(countPlaywright(file)).toEqual({ passed: 5, failed: 2 });
  });

  it("counts a set-up that broke before any test", () => {
    const file = report({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{ message: "x" }] });

    expect(countPlaywright(file)).toEqual({ passed: 0, failed: 1 });
  });
});
