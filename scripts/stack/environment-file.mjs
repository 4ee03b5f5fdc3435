import fs from "node:fs";
import path from "node:path";
import { isProductSetting, projectRoot } from "../project.mjs";

const assignment = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/;

/**
 * The product's settings: those of the environment, then those of `.env` if there is one. A variable that is set to
 * nothing is not set.
 */
export function readEnvironment(environment = process.env, file = path.join(projectRoot, ".env")) {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const assignments = [...parseAssignments(text), ...Object.entries(environment)];
  const settings = assignments.filter(([name, value]) => isProductSetting(name) && value !== "");
  return Object.fromEntries(settings);
}

/** NAME=value per line; a value may stand in quotes; what else a line holds is a comment. */
export function parseAssignments(text) {
  return text.split("\n").flatMap((line) => {
    const [, name, value] = assignment.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")]];
  });
}
