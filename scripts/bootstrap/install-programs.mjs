import fs from "node:fs";
import path from "node:path";
import { runOrThrow, runProgram } from "../processes/run-program.mjs";
import { callerEnvironment } from "../project.mjs";
import { say } from "../say.mjs";

const policyFile = "/usr/sbin/policy-rc.d";

/** Program → the Debian package it comes in. */
export const productPrograms = { "redis-server": "redis-server", rclone: "rclone", zstd: "zstd", sqlite3: "sqlite3" };
export const browserPrograms = { chromium: "chromium" };

/** Installs what is missing of `programs` from Debian's packages, and says so before it does. */
export async function installPrograms(programs, signal) {
  const missing = Object.keys(programs).filter((program) => !findProgram(program));
  if (missing.length === 0) return;

  const packages = [...new Set(missing.map((program) => programs[program]))];
  if (!findProgram("apt-get")) {
    throw new Error(`These programs are missing: ${missing.join(", ")}. Please install them, then start again.`);
  }
  const asRoot = await rootPrefix(packages, signal);
  const how = asRoot.length > 0 ? "sudo apt-get" : "apt-get";
  say(`missing here: ${missing.join(", ")}; installing Debian's packages with ${how}: ${packages.join(", ")}`);
  await installDebianPackages(packages, asRoot, signal);

  const stillMissing = missing.filter((program) => !findProgram(program));
  if (stillMissing.length > 0) throw new Error(`Debian's packages did not bring: ${stillMissing.join(", ")}`);
}

/** Debian keeps servers in /usr/sbin, which is not on every user's PATH. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/local/bin", "/usr/bin", "/usr/sbin"];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The words that make a command run as root: none for root itself. */
async function rootPrefix(packages, signal) {
  if (process.getuid() === 0) return [];
  const command = `sudo apt-get install ${packages.join(" ")}`;
  if (!findProgram("sudo"))
    throw new Error(`Root rights are needed once. As root, run: ${command.slice("sudo ".length)}`);
  const silent = await runProgram("sudo", ["-n", "true"], { env: callerEnvironment(), signal });
  if (silent.exitCode === 0) return ["sudo", "-n"];
  throw new Error(`Root rights are needed once, and sudo asks for a password. Please run: ${command}`);
}

/**
 * Debian would start redis-server on its own port at once, and again at each boot: policy-rc.d forbids the first
 * (invoke-rc.d(8), 101 = not allowed), `systemctl disable` ends the second.
 */
async function installDebianPackages(packages, asRoot, signal) {
  const isPolicyOurs = !fs.existsSync(policyFile);
  if (isPolicyOurs) await writePolicy(asRoot);
  try {
    const args = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages];
    const first = await runAs(asRoot, args, signal);
    if (first.exitCode !== 0) {
      await runAs(asRoot, ["apt-get", "update", "-qq"], signal, runOrThrow);
      await runAs(asRoot, args, signal, runOrThrow);
    }
  } finally {
    if (isPolicyOurs) await runAs(asRoot, ["rm", "-f", policyFile]);
  }
  if (packages.includes("redis-server") && fs.existsSync("/run/systemd/system")) {
    await runAs(asRoot, ["systemctl", "disable", "redis-server"], signal);
  }
}

async function writePolicy(asRoot) {
  const draft = path.join(fs.mkdtempSync("/tmp/undercroft-policy-"), "policy-rc.d");
  fs.writeFileSync(draft, "#!/bin/sh\nexit 101\n");
  await runAs(asRoot, ["install", "-m", "0755", draft, policyFile], undefined, runOrThrow);
  fs.rmSync(path.dirname(draft), { recursive: true });
}

function runAs(asRoot, command, signal, run = runProgram) {
  const [file, ...args] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", ...command];
  return run(file, args, { env: callerEnvironment(), signal });
}
