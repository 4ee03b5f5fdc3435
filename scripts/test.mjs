import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bootstrap } from "./bootstrap/bootstrap.mjs";
import { browserPrograms, productPrograms } from "./bootstrap/install-programs.mjs";
import { abortOnInterruption } from "./interruption.mjs";
import { say } from "./say.mjs";
import { stages } from "./test/stages.mjs";

/**
 * `npm test`: everything, from a fresh clone. Each stage has its own folder, ports and services, so that two runs can go
 * on at once. The last line is `N passed, N failed`; a stage that failed without a failing test counts as one failure.
 */
const signal = abortOnInterruption();
const reportFolder = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-reports-"));
const results = [];

try {
  await bootstrap({ programs: { ...productPrograms, ...browserPrograms }, signal });
  for (const stage of stages) {
    if (signal.aborted) break;
    say(`${stage.name} …`);
    results.push(await runStage(stage));
  }
} catch (error) {
  results.push({ name: "bootstrap", isOk: false, error });
} finally {
  fs.rmSync(reportFolder, { recursive: true, force: true });
}
if (signal.aborted) results.push({ name: "interrupted", isOk: false });
report();

async function runStage({ name, run }) {
  try {
    return { name, ...(await run(reportFolder, signal)) };
  } catch (error) {
    return { name, isOk: false, error };
  }
}

function report() {
  console.log("");
  for (const { name, isOk, counts, error } of results) {
    const numbers = counts ? `${counts.passed} passed, ${counts.failed} failed` : "";
    console.log(`${isOk ? "ok    " : "FAILED"}  ${name.padEnd(12)} ${numbers}${error ? error.message : ""}`.trimEnd());
  }
  const sum = (key) => results.reduce((total, { counts }) => total + (counts?.[key] ?? 0), 0);
  const withoutFailingTest = results.filter(({ isOk, counts }) => !isOk && !counts?.failed);
  const failed = sum("failed") + withoutFailingTest.length;
  console.log(`\n${sum("passed")} passed, ${failed} failed`);
  if (failed > 0) process.exitCode ||= 1;
}
