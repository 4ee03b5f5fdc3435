import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../project.mjs";
import { say } from "../say.mjs";

/**
 * The folder `npm start` keeps everything in: `.data` of the checkout. PostgreSQL refuses to run as root and so runs as
 * the user "postgres", who must be able to walk there: below /root, for one, he cannot. Then `.data` is a link.
 */
export function openDataDirectory(root = projectRoot) {
  const wanted = path.join(root, ".data");
  if (!fs.existsSync(wanted)) {
    const folder = canServicesReach(root) ? wanted : createFallback(root);
    fs.mkdirSync(folder, { recursive: true });
    fs.chmodSync(folder, 0o755);
    if (folder !== wanted) linkTo(folder, wanted);
  }
  return fs.realpathSync(wanted);
}

/** A folder for one test run, which its owner removes. mkdtemp makes it 0700, and "postgres" could not enter. */
export function createTemporaryDataDirectory() {
  const parent = canServicesReach(os.tmpdir()) ? os.tmpdir() : "/tmp";
  const folder = fs.mkdtempSync(path.join(parent, "undercroft-test-"));
  fs.chmodSync(folder, 0o755);
  return folder;
}

/** Whether the user the services run as may walk through `folder` and everything above it. */
export function canServicesReach(folder) {
  if (process.getuid() !== 0) return true;
  const above = path.dirname(folder);
  const isOpen = (fs.statSync(folder).mode & 0o001) !== 0;
  return isOpen && (above === folder || canServicesReach(above));
}

function createFallback(root) {
  const name = `${path.basename(root)}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`;
  return path.join("/var/lib/undercroft-data", name);
}

/** A dangling link is left when the folder it names was removed by hand. */
function linkTo(folder, link) {
  say(`PostgreSQL cannot run below ${path.dirname(link)} (not open to its user): the data goes to ${folder}`);
  fs.rmSync(link, { force: true });
  fs.symlinkSync(folder, link);
}
