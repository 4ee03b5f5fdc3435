import fs from "node:fs";
import path from "node:path";
import { endProcess } from "../processes/end-process.mjs";
import { keepRunning } from "../processes/keep-running.mjs";
import { findProcessesBelow } from "../processes/processes-below.mjs";
import { childEnvironment } from "../project.mjs";
import { startServices } from "../services/start-services.mjs";
import { openSettings } from "./settings.mjs";

const typescript = ["--import", "tsx"];

/**
 * Starts the whole product on this machine, in order: PostgreSQL and Redis, migrations, the lab if no cluster is
 * configured, the app, and a worker per node of the lab (or the one UNDERCROFT_NODE names). Every `npm start` and every
 * end-to-end test goes through here.
 *
 * Returns `{ url, origin, databaseUrl, settings, lab, workerNames, ended, stop }`. `ended` resolves to the reason when the
 * stack cannot go on. `stop` ends every process that was started, and so does the end of this process.
 */
export async function startStack(options) {
  const stack = { ...options, directory: fs.realpathSync(options.directory), running: [] };
  try {
    const { directory, environment, isTemporary } = stack;
    const services = await startServices(directory, { isTemporary, environment });
    stack.running.unshift(services);
    const appliedCount = services.appliedMigrations.length;
    stack.say(`PostgreSQL and Redis are up${appliedCount > 0 ? `, ${appliedCount} migrations applied` : ""}`);

    const lab = environment.PVE_URL ? undefined : await startLab(stack);
    const settings = openSettings(directory, environment);
    const url = environment.UNDERCROFT_URL || `http://${stack.host}:${stack.port}`;
    const env = {
      ...environment,
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      UNDERCROFT_URL: url,
      UNDERCROFT_SECRET: settings.secret,
      UNDERCROFT_API_TOKEN: settings.apiToken,
      UNDERCROFT_ADMIN_NAME: settings.adminName,
      UNDERCROFT_ADMIN_PASSWORD: settings.adminPassword,
      ...(lab && clusterEnvironment(lab)),
    };
    await startApp(stack, env);
    const workers = workerEnvironments(lab, environment);
    await Promise.all(workers.map((worker) => startWorker(stack, { ...env, ...worker })));

    const gaveUps = stack.running.map((part) => part.gaveUp ?? part.ended);
    return {
      url,
      origin: originOf(stack),
      databaseUrl: services.databaseUrl,
      settings,
      lab,
      workerNames: workers.map(({ UNDERCROFT_NODE }) => UNDERCROFT_NODE),
      ended: Promise.race(gaveUps.map((gaveUp) => gaveUp.then((reason) => reason ?? new Promise(() => {})))),
      stop: () => stopAll(stack),
    };
  } catch (error) {
    await stopAll(stack);
    throw error;
  }
}

async function startLab(stack) {
  const directory = path.join(stack.directory, "lab");
  const description = path.join(directory, "lab.json");
  fs.rmSync(description, { force: true });
  stack.say("starting the lab: no cluster is configured (PVE_URL)");
  await start(stack, "lab", [...typescript, "lab/main.ts", "--data", directory], stack.labEnvironment, {
    isReady: (child) => child.hasPrinted("lab ready") && fs.existsSync(description),
    timeoutMs: 180_000,
  });
  return JSON.parse(fs.readFileSync(description, "utf8"));
}

function startApp(stack, env) {
  const next = ["node_modules/next/dist/bin/next", stack.isDevelopment ? "dev" : "start"];
  const mode = {
    NODE_ENV: stack.isDevelopment ? "development" : "production",
    UNDERCROFT_BUILD_DIR: stack.buildFolder,
  };
  const args = [...next, "-H", stack.host, "-p", String(stack.port)];
  return start(stack, "app", args, { ...env, ...mode }, { isReady: () => answers(`${originOf(stack)}/api/v1/health`) });
}

function startWorker(stack, env) {
  const name = `worker-${env.UNDERCROFT_NODE}`;
  const program = [...(stack.isDevelopment ? ["--watch-path=worker", "--watch-path=lib"] : []), ...typescript];
  return start(stack, name, [...program, "worker/main.ts"], env, {
    isReady: (child) => child.hasPrinted("worker ready"),
  });
}

async function start(stack, name, args, env, { isReady, timeoutMs }) {
  const logFile = path.join(stack.directory, "logs", `${name}.log`);
  const program = { name, args, env: childEnvironment(env), logFile };
  const part = await keepRunning(program, { isReady, timeoutMs, onRestart: stack.say, signal: stack.signal });
  stack.running.unshift(part);
}

/** What the product has to know to find the lab's cluster and its remotes. */
function clusterEnvironment(lab) {
  return {
    UNDERCROFT_LAB: "1",
    UNDERCROFT_CLUSTER_NAME: "lab",
    PVE_URL: lab.apiUrl,
    PVE_TOKEN_ID: lab.tokenId,
    PVE_TOKEN_SECRET: lab.tokenSecret,
    PVE_FINGERPRINT: lab.fingerprint,
    RCLONE_CONFIG: lab.rcloneConfigPath,
    UNDERCROFT_PRIMARY: lab.remotes.primary,
    UNDERCROFT_SECONDARY: lab.remotes.secondary,
    UNDERCROFT_TERTIARY: lab.remotes.tertiary,
  };
}

/** In the lab this machine plays every node; of a real cluster it is at most one. */
function workerEnvironments(lab, environment) {
  if (!lab) return environment.UNDERCROFT_NODE ? [{ UNDERCROFT_NODE: environment.UNDERCROFT_NODE }] : [];
  return lab.nodes.map((node) => ({
    UNDERCROFT_NODE: node.name,
    UNDERCROFT_DUMP_DIR: node.dumpDirectory,
    UNDERCROFT_HOST_ROOT: node.hostRoot,
    UNDERCROFT_STATE_DIR: node.stateDirectory,
    UNDERCROFT_VZDUMP: node.vzdump,
  }));
}

/** Where this machine reaches the app; people may use another name for it, UNDERCROFT_URL. */
function originOf({ host, port }) {
  return `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false; // not listening yet
  }
}

/** Workers first, then what they started to outlive them (only the lab's: a real node's backup goes on), services last. */
async function stopAll(stack) {
  const [services, ...others] = stack.running.splice(0).reverse();
  await Promise.all(others.map((part) => part.stop()));
  await Promise.all(findProcessesBelow(path.join(stack.directory, "lab")).map((found) => endProcess(found)));
  await services?.stop();
}
