import path from "node:path";
import { runProgram } from "../processes/run-program.mjs";
import { childEnvironment, pinnedNode, projectRoot } from "../project.mjs";
import { startTemporaryServices } from "../services/start-services.mjs";

const rooms = ["app", "components", "e2e", "lab", "lib", "scripts", "worker"];

/** A tool that reads less than this has lost its way: with nothing to read, every rule holds. */
const fewestFiles = 50;

/**
 * What `npm run check` runs. Each has a name, a unit for what it reads, and `run(signal)`, which resolves to
 * `{ isOk, readCount, output }`.
 */
export const checks = [
  {
    name: "types",
    unit: "files",
    run: async (signal) => {
      const options = ["--noEmit", "--listFiles", "--pretty", "false"];
      const { exitCode, text } = await runTool("typescript/bin/tsc", options, signal);
      const [files, errors] = partition(text.split("\n"), (line) => path.isAbsolute(line));
      const ours = files.filter((file) => file.startsWith(projectRoot) && !file.includes("/node_modules/"));
      return judge(exitCode, ours.length, errors.join("\n"));
    },
  },
  {
    name: "format and lint",
    unit: "files",
    run: (signal) =>
      readCount(signal, "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."], /Checked (\d+) files/),
  },
  {
    name: "import law",
    unit: "modules",
    run: (signal) => {
      const options = ["--config", ".dependency-cruiser.mjs", "--output-type", "err", ...rooms];
      return readCount(signal, "dependency-cruiser/bin/dependency-cruiser.mjs", options, /(\d+) modules/);
    },
  },
  {
    name: "dead code",
    unit: "files",
    run: (signal) => {
      const reporters = ["--reporter", "symbols", "--reporter", "./scripts/check/count-read-files.mjs"];
      const options = ["--no-progress", "--treat-config-hints-as-errors", ...reporters];
      return readCount(signal, "knip/bin/knip.js", options, /knip read (\d+) files/);
    },
  },
  {
    name: "copied code",
    unit: "files",
    run: (signal) =>
      readCount(signal, "jscpd/bin/jscpd", ["--noTips", "--exitCode", "1", ...rooms], /Total:\s*│\s*(\d+)/),
  },
  {
    name: "migrations make the schema",
    unit: "migrations",
    run: async (signal) => {
      const services = await startTemporaryServices();
      try {
        const from = ["--from-migrations", "prisma/migrations"];
        const options = ["migrate", "diff", ...from, "--to-schema", "prisma/schema.prisma", "--exit-code"];
        const env = childEnvironment({ DATABASE_URL: services.databaseUrl });
        const { exitCode, stdout, stderr } = await runProgram(pinnedNode, ["scripts/prisma.mjs", ...options], {
          env,
          signal,
        });
        return judge(exitCode, services.appliedMigrations.length, stdout + stderr, 1);
      } finally {
        await services.stop();
      }
    },
  },
];

async function readCount(signal, tool, options, countPattern) {
  const { exitCode, text } = await runTool(tool, options, signal);
  return judge(exitCode, Number(countPattern.exec(text)?.[1] ?? 0), text);
}

async function runTool(tool, options, signal) {
  const file = path.join(projectRoot, "node_modules", tool);
  const env = childEnvironment({ NO_COLOR: "1" });
  const { exitCode, stdout, stderr } = await runProgram(pinnedNode, [file, ...options], { env, signal });
  return { exitCode, text: `${stdout}\n${stderr}` };
}

function judge(exitCode, count, output, fewest = fewestFiles) {
  const complaint = count < fewest ? `\nIt read ${count}; at least ${fewest} are there to be read.` : "";
  return { isOk: exitCode === 0 && !complaint, readCount: count, output: output.trim() + complaint };
}

function partition(items, isFirst) {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
