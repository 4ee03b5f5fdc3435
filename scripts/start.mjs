import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrap } from "./bootstrap/bootstrap.mjs";
import { buildApp, buildFolders } from "./bootstrap/build-app.mjs";
import { requireNodeVersion } from "./bootstrap/node-version.mjs";
import { abortOnInterruption } from "./interruption.mjs";
import { say } from "./say.mjs";
import { openDataDirectory } from "./services/data-directory.mjs";
import { findNextFreePort } from "./services/free-port.mjs";
import { createApiClient } from "./stack/api-client.mjs";
import { readEnvironment } from "./stack/environment-file.mjs";
import { runLine, runSamplePolicy } from "./stack/sample-run.mjs";
import { writePrivately } from "./stack/settings.mjs";
import { startStack } from "./stack/start-stack.mjs";
import { claimDirectory } from "./stack/supervisor-lock.mjs";

/** `npm start`: from a fresh clone to a running product, and up until Ctrl-C. `npm run dev` is the same with next dev. */
const isDevelopment = process.argv.includes("--dev");
const signal = abortOnInterruption();
let lock;
let stack;

try {
  requireNodeVersion();
  const directory = openDataDirectory();
  lock = claimDirectory(directory);
  await bootstrap({ signal });
  const buildFolder = isDevelopment ? buildFolders.start : await buildApp(buildFolders.start, signal);

  const environment = readEnvironment();
  const { host, port } = await choosePort(environment);
  const place = { directory, isTemporary: false, host, port, buildFolder };
  stack = await startStack({ ...place, environment, isDevelopment, say, signal });
  lock.announce(stack.url);

  const sample = stack.lab && (await runSampleOnce(directory));
  console.log(`\n${closingBlock(sample)}\n`);
  const reason = await Promise.race([stack.ended, untilAborted()]);
  if (reason) throw new Error(reason);
} catch (error) {
  if (!signal.aborted) {
    console.error(`\nUndercroft cannot run: ${error.message}`);
    process.exitCode = 1;
  }
} finally {
  if (stack) say("stopping");
  await stack?.stop();
  lock?.release();
  if (stack) say("everything is stopped");
}

async function choosePort(environment) {
  const host = environment.HOST ?? "127.0.0.1";
  const wanted = Number(environment.PORT ?? 3000);
  const port = await findNextFreePort(wanted, host);
  if (port !== wanted) say(`port ${wanted} is taken: the app listens on ${port}`);
  return { host, port };
}

/** At the first start of the lab only: afterwards the policy's own schedule makes the runs. */
async function runSampleOnce(directory) {
  const file = path.join(directory, "sample-run.json");
  if (fs.existsSync(file)) return undefined;
  const call = createApiClient(stack.origin, stack.settings.apiToken, signal);
  const run = await Promise.race([
    runSamplePolicy(call, say),
    stack.ended.then((reason) => Promise.reject(new Error(reason))),
  ]);
  writePrivately(file, { id: run.id, number: run.number, status: run.status });
  return run;
}

function closingBlock(sample) {
  const { adminName, adminPassword } = stack.settings;
  const lines = [
    ...(sample ? [runLine(sample), `  ${stack.url}/runs/${sample.id}`, ""] : []),
    `Undercroft is up:  ${stack.url}`,
    `Sign in:           ${adminName} / ${adminPassword}`,
    ...(stack.lab ? ["Cluster:           the lab (set PVE_URL for your own; see README.md)"] : []),
    ...(stack.workerNames.length === 0 ? ["Workers:           none on this machine (see README.md)"] : []),
    "Stop:              Ctrl-C here, or npm stop",
  ];
  return lines.join("\n");
}

async function untilAborted() {
  while (!signal.aborted) await sleep(2 ** 30, undefined, { signal }).catch(() => {});
}
