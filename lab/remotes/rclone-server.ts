import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { RemoteAccount } from "./remote-records";

/** What an SFTP or WebDAV server can be made to suffer. */
export type ServerFault = {
  /** Stops the process: connections are taken, nothing is answered. */
  hang?: boolean;
  bytesPerSecond?: number;
  /** Refuses every change, as a server whose quota is used up. */
  readOnly?: boolean;
};

export type RcloneServer = {
  start: () => Promise<void>;
  stop: () => Promise<void>;
  setFault: (fault: ServerFault) => Promise<void>;
};

type ServerOptions = {
  protocol: "sftp" | "webdav";
  /** What it serves, and where its log and cache go. */
  root: string;
  stateDirectory: string;
  account: RemoteAccount;
  /** The SFTP server's host key. */
  keyPath?: string;
};

/** One `rclone serve` on loopback. Its password goes in by environment; its log lies in the state directory. */
export function createRcloneServer(options: ServerOptions): RcloneServer {
  let child: ChildProcess | undefined;
  let fault: ServerFault = {};

  const start = async (): Promise<void> => {
    if (child) return;
    child = spawnServer(options, fault);
    await isListening(child, options.account.port);
    if (fault.hang) child.kill("SIGSTOP");
  };
  const stop = async (): Promise<void> => {
    if (!child) return;
    const stopping = child;
    child = undefined;
    if (stopping.exitCode !== null || stopping.signalCode !== null) return;
    const exited = new Promise((resolve) => stopping.once("exit", resolve));
    // KILL, as when the machine of a remote goes away; it also ends a process that is stopped.
    stopping.kill("SIGKILL");
    await exited;
  };

  const change = async (wanted: ServerFault): Promise<void> => {
    const isOtherServer = wanted.readOnly !== fault.readOnly || wanted.bytesPerSecond !== fault.bytesPerSecond;
    fault = wanted;
    if (child && isOtherServer) {
      await stop();
      await start();
    } else child?.kill(wanted.hang ? "SIGSTOP" : "SIGCONT");
  };

  // One after the other: a start in the middle of a stop would find the port taken.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
  return {
    start: () => inTurn(start),
    stop: () => inTurn(stop),
    setFault: (wanted) => inTurn(() => change(wanted)),
  };
}

function spawnServer({ protocol, root, stateDirectory, account, keyPath }: ServerOptions, fault: ServerFault) {
  const args = [
    "serve",
    protocol,
    root,
    `--addr=127.0.0.1:${account.port}`,
    `--cache-dir=${join(stateDirectory, "cache")}`,
    // Files are looked at anew each time, so that a byte that rotted on disk is not hidden by a cache.
    "--dir-cache-time=0s",
    // Without a wait this long, packets out of order under load fail with "Illegal seek".
    "--vfs-write-wait=60s",
    ...(keyPath ? [`--key=${keyPath}`] : []),
    ...(fault.readOnly ? ["--read-only"] : []),
    ...(fault.bytesPerSecond ? [`--bwlimit=${fault.bytesPerSecond}B`] : []),
  ];
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: stateDirectory,
    RCLONE_CONFIG: join(stateDirectory, "no-rclone.conf"),
    RCLONE_USER: account.user,
    RCLONE_PASS: account.password,
  };
  const log = openSync(join(stateDirectory, `${protocol}.log`), "a", 0o600);
  try {
    // setpriv has the kernel end the server with us, even when we are killed: nothing keeps the port.
    return spawn("setpriv", ["--pdeathsig", "KILL", "rclone", ...args], {
      // Next.js declares NODE_ENV as always there; for a program that we start it is not.
      env: environment as NodeJS.ProcessEnv,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

async function isListening(child: ChildProcess, port: number): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`rclone serve ended with ${signal ?? code}; see its log`)));
  });
  const answers = async (): Promise<void> => {
    const deadline = performance.now() + 20_000;
    while (!(await canConnect(port))) {
      if (performance.now() > deadline) throw new Error(`rclone serve does not listen on port ${port}`);
      await wait(25);
    }
  };
  failed.catch(() => undefined);
  await Promise.race([answers(), failed]);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
