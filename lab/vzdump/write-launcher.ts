import { writeFileAtomically } from "../state/json-file";
import { nodePlaces } from "../state/places";

/** Linux reads at most this much of a script's first line. */
const longestInterpreter = 250;

/** Writes the `vzdump` program of a node: an executable Node.js script that knows its node. No shell comes into it. */
export function writeLauncher(directory: string, node: string): string {
  const { launcher } = nodePlaces(directory, node);
  const isUsable = process.execPath.length < longestInterpreter && !/\s/.test(process.execPath);
  const script = `#!${isUsable ? process.execPath : "/usr/bin/env node"}
import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})
  .then(({ register }) => register())
  .then(() => import(${JSON.stringify(new URL("main.ts", import.meta.url).href)}))
  .then(({ runVzdump }) => runVzdump(${JSON.stringify({ directory, node })}, process.argv.slice(2)))
  .then((exitCode) => process.exit(exitCode));
`;
  writeFileAtomically(launcher, script, 0o755);
  return launcher;
}
