import { spawnSync } from "node:child_process";
import path from "node:path";
import { childEnvironment, pinnedNode, projectRoot } from "./project.mjs";

/**
 * `npm run db -- migrate dev --name what_changes`: Prisma's own command line, on its WASM schema engine instead of the
 * native one, which would be downloaded. Set PRISMA_SCHEMA_ENGINE_BINARY to use another engine.
 */
const databases = ["DATABASE_URL", "SHADOW_DATABASE_URL"].filter((name) => process.env[name]);
const env = childEnvironment({
  ...Object.fromEntries(databases.map((name) => [name, process.env[name]])),
  PRISMA_SCHEMA_ENGINE_BINARY:
    process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? path.join(projectRoot, "scripts", "schema-engine.mjs"),
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
});
const prisma = path.join(projectRoot, "node_modules", "prisma", "build", "index.js");
const ended = spawnSync(pinnedNode, [prisma, ...process.argv.slice(2)], { cwd: projectRoot, env, stdio: "inherit" });
process.exit(ended.status ?? 1);
