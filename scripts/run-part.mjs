import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildApp, buildFolders, generateClient } from "./bootstrap/build-app.mjs";
import { installPackages } from "./bootstrap/install-packages.mjs";
import { installPrograms, productPrograms } from "./bootstrap/install-programs.mjs";
import { requireNodeVersion } from "./bootstrap/node-version.mjs";
import { abortOnInterruption } from "./interruption.mjs";
import { childEnvironment, pinnedNode, projectRoot } from "./project.mjs";
import { readEnvironment } from "./stack/environment-file.mjs";

/**
 * `npm run app`, `npm run worker`, `npm run lab`: one part of the product in the foreground, with the settings of the
 * environment and `.env`. Postgres and Redis are yours then; `npm run migrate` brings the database up to date.
 */
const { "redis-server": _, ...workerPrograms } = productPrograms;
const typescript = ["--import", "tsx"];
const parts = {
  app: {
    programs: {},
    prepare: (signal) => buildApp(buildFolders.start, signal),
    args: ({ HOST = "127.0.0.1", PORT = "3000" }) => [
      "node_modules/next/dist/bin/next",
      "start",
      "-H",
      HOST,
      "-p",
      PORT,
    ],
  },
  worker: { programs: workerPrograms, args: () => [...typescript, "worker/main.ts"] },
  lab: { programs: workerPrograms, args: () => [...typescript, "lab/main.ts"] },
};

const [name, ...ownArguments] = process.argv.slice(2);
const signal = abortOnInterruption();
try {
  const { programs, prepare, args } = parts[name];
  requireNodeVersion();
  await installPackages(signal);
  await installPrograms(programs, signal);
  await generateClient(signal);
  const buildFolder = await prepare?.(signal);

  const settings = readEnvironment();
  const mode = buildFolder ? { NODE_ENV: "production", UNDERCROFT_BUILD_DIR: buildFolder } : {};
  const child = spawn(pinnedNode, [...args(settings), ...ownArguments], {
    cwd: projectRoot,
    env: childEnvironment({ ...settings, ...mode }),
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  signal.addEventListener("abort", () => child.kill("SIGTERM"));
  const [exitCode] = await once(child, "exit");
  process.exitCode ||= exitCode ?? 1;
} catch (error) {
  if (!signal.aborted) console.error(`${name} cannot run: ${error.message}`);
  process.exitCode ||= 1;
}
