import { accessSync, constants } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

/** Proxmox's own commands reset PATH to this list too (PVE::CLIHandler), so both see the same programs. */
const programFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

export type CommandEnvironment = Readonly<Record<string, string>>;

/**
 * All a program gets to see of the environment: nothing of ours is inherited. A stray AWS_CA_BUNDLE is enough to break
 * rclone's S3 backend, and our secrets are no program's business. LANG keeps messages in the language we parse.
 */
export function commandEnvironment(extra: CommandEnvironment = {}): Record<string, string> {
  return { PATH: programFolders.join(delimiter), HOME: homedir(), TMPDIR: tmpdir(), LANG: "C.UTF-8", ...extra };
}

/** Where a program lies on the PATH that it would be given, or undefined when it is not installed. */
export function findProgram(name: string, environment: CommandEnvironment = commandEnvironment()): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  return (environment.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
