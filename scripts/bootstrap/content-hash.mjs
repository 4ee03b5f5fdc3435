import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../project.mjs";

const generatedFolders = new Set(["node_modules", "generated", "fixtures"]);

/** A hash over the names and contents of files and folders of the project; what does not exist counts as nothing. */
export function hashSources(sources, root = projectRoot) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap((source) => filesBelow(path.join(root, source)))) {
    hash.update(`${path.relative(root, file)}\0`).update(createHash("sha256").update(fs.readFileSync(file)).digest());
  }
  return hash.digest("hex");
}

function filesBelow(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return isTest(file) ? [] : [file];
  const names = fs.readdirSync(file).sort();
  return names.filter((name) => !generatedFolders.has(name)).flatMap((name) => filesBelow(path.join(file, name)));
}

/** Tests are no part of what is built. */
function isTest(file) {
  return /\.test\.[cm]?tsx?$/.test(file);
}
