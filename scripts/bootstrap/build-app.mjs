import fs from "node:fs";
import path from "node:path";
import { runOrThrow } from "../processes/run-program.mjs";
import { childEnvironment, pinnedNode, projectRoot } from "../project.mjs";
import { say } from "../say.mjs";
import { hashSources } from "./content-hash.mjs";

const clientSources = ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"];
const clientFolder = path.join(projectRoot, "lib", "db", "generated");
const appSources = [
  ...["app", "components", "lib", "public", "prisma/schema.prisma"],
  ...["instrumentation.ts", "instrumentation-node.ts", "proxy.ts"],
  ...["next.config.ts", "postcss.config.mjs", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
];

/** A build for `npm start` and one for the tests: neither replaces files that the other is serving. */
export const buildFolders = { start: ".next", test: ".next-test" };

/** Writes the database client from the schema, unless it is there for this very schema. */
export async function generateClient(signal) {
  const sourceHash = hashSources(clientSources);
  if (readStamp(clientFolder) === sourceHash) return;
  say("generating the database client (prisma generate)");
  await runOrThrow(pinnedNode, ["scripts/prisma.mjs", "generate"], { env: childEnvironment(), signal });
  writeStamp(clientFolder, sourceHash);
}

/** Builds the app into `wantedFolder`, and returns the folder to serve: any that holds a build of these very sources. */
export async function buildApp(wantedFolder, signal) {
  const sourceHash = hashSources(appSources);
  const built = Object.values(buildFolders).find((folder) => readStamp(path.join(projectRoot, folder)) === sourceHash);
  if (built) return built;

  say("building the app (next build)");
  fs.rmSync(stampFile(path.join(projectRoot, wantedFolder)), { force: true });
  const env = childEnvironment({ NODE_ENV: "production", UNDERCROFT_BUILD_DIR: wantedFolder });
  await runOrThrow(pinnedNode, ["node_modules/next/dist/bin/next", "build"], { env, signal });
  writeStamp(path.join(projectRoot, wantedFolder), sourceHash);
  return wantedFolder;
}

function stampFile(folder) {
  return path.join(folder, ".sources");
}

function readStamp(folder) {
  const file = stampFile(folder);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

function writeStamp(folder, sourceHash) {
  fs.writeFileSync(stampFile(folder), sourceHash);
}
