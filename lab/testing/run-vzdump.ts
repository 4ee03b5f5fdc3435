import { spawn } from "node:child_process";

export type VzdumpRun = { exit: number; archive: Buffer; stdout: string; stderr: string };

/** Runs a node's vzdump to its end; a signal that ended it shows as -1. */
export function runVzdump(launcher: string, argv: readonly string[], path = process.env.PATH): Promise<VzdumpRun> {
  const child = spawn(launcher, argv, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: path } });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const archive = Buffer.concat(stdout);
      resolve({
        exit: code ?? -1,
        archive,
        stdout: archive.toString("latin1"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}
