import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const secretOf = (bytes) => randomBytes(bytes).toString("base64url");

/**
 * The secrets of this installation, made up at its first start and remembered in a file only its owner reads. What the
 * environment sets wins, and is not remembered.
 */
export function openSettings(directory, environment) {
  const file = path.join(directory, "settings.json");
  if (!fs.existsSync(file)) {
    const made = { secret: secretOf(48), apiToken: `uc_${secretOf(32)}`, adminPassword: secretOf(12) };
    writePrivately(file, made);
  }
  const remembered = JSON.parse(fs.readFileSync(file, "utf8"));
  return {
    secret: environment.UNDERCROFT_SECRET || remembered.secret,
    apiToken: environment.UNDERCROFT_API_TOKEN || remembered.apiToken,
    adminName: environment.UNDERCROFT_ADMIN_NAME || "admin",
    adminPassword: environment.UNDERCROFT_ADMIN_PASSWORD || remembered.adminPassword,
  };
}

/** Atomically: a start that is killed leaves the file whole or not at all. */
export function writePrivately(file, value) {
  const draft = `${file}.part`;
  fs.writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  fs.renameSync(draft, file);
}
