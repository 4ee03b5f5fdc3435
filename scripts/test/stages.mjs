import path from "node:path";
import { buildApp, buildFolders } from "../bootstrap/build-app.mjs";
import { runProgram } from "../processes/run-program.mjs";
import { childEnvironment, pinnedNode } from "../project.mjs";
import { countPlaywright, countVitest } from "./reports.mjs";

/**
 * What `npm test` does, in order. `run(reportFolder, signal)` resolves to `{ isOk, counts }`; only stages that run tests
 * have counts, and such a stage without any test has failed.
 */
export const stages = [
  {
    name: "check",
    run: async (_, signal) => ({ isOk: (await runScript(["scripts/check.mjs"], signal)) === 0 }),
  },
  { name: "unit", run: (folder, signal) => runVitest("unit", folder, signal) },
  { name: "integration", run: (folder, signal) => runVitest("integration", folder, signal) },
  {
    name: "build",
    run: async (_, signal) => {
      await buildApp(buildFolders.test, signal);
      return { isOk: true };
    },
  },
  {
    name: "e2e",
    run: async (folder, signal) => {
      const report = path.join(folder, "e2e.json");
      const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
      const exitCode = await runScript(["node_modules/@playwright/test/cli.js", "test"], signal, env);
      return judge(exitCode, countPlaywright(report));
    },
  },
];

async function runVitest(project, folder, signal) {
  const report = path.join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters];
  return judge(await runScript(args, signal), countVitest(report));
}

async function runScript(args, signal, env = {}) {
  const { exitCode } = await runProgram(pinnedNode, args, { env: childEnvironment(env), output: "inherit", signal });
  return exitCode;
}

function judge(exitCode, counts) {
  return { isOk: exitCode === 0 && counts.passed > 0 && counts.failed === 0, counts };
}
