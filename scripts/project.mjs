import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout this script belongs to. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Node 24 from npm's `node` package: everything but the bootstrap itself runs on it. */
export const pinnedNode = path.join(projectRoot, "node_modules", "node", "bin", "node");

const binaryFolders = [path.dirname(pinnedNode), path.join(projectRoot, "node_modules", ".bin")];

/** What `npm run` adds to the environment would change the meaning of an inner npm or Node. */
function isInheritedFromNpm(name) {
  return /^npm_/i.test(name) || name === "NODE_ENV" || name === "NODE_OPTIONS" || name === "INIT_CWD";
}

/** The variables `.env.example` lists: they reach a child only where they are handed to it. */
export function isProductSetting(name) {
  return /^(UNDERCROFT_|PVE_|RCLONE_)|^(DATABASE_URL|REDIS_URL|HOST|PORT|LOG_LEVEL)$/.test(name);
}

/** The caller's environment without npm's additions and our settings, and without the project's programs on PATH. */
export function callerEnvironment() {
  const isOurs = (name) => isInheritedFromNpm(name) || isProductSetting(name);
  const entries = Object.entries(process.env).filter(([name]) => !isOurs(name));
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const outside = folders.filter((folder) => !folder.startsWith(path.join(projectRoot, "node_modules")));
  return { ...Object.fromEntries(entries), PATH: outside.join(path.delimiter) };
}

/** The environment of every child after the bootstrap: Node 24 and the project's programs come first on PATH. */
export function childEnvironment(additions = {}) {
  const outside = callerEnvironment();
  return {
    ...outside,
    PATH: [...binaryFolders, outside.PATH].join(path.delimiter),
    NEXT_TELEMETRY_DISABLED: "1",
    CHECKPOINT_DISABLE: "1",
    ...additions,
  };
}
