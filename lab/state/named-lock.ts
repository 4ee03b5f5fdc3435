import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Release = () => Promise<void>;

/**
 * Takes a lock between processes, or returns undefined when somebody holds it. It is a listening abstract socket
 * (Linux): the kernel gives one holder, and frees it when the holder dies, so a killed vzdump leaves no stale lock.
 */
export function tryLock(name: string): Promise<Release | undefined> {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(`\0undercroft-lab-${digest}`, () => {
      server.unref();
      resolve(() => new Promise((closed) => server.close(() => closed())));
    });
  });
}

/** Asks again until the lock is free or the time is up; undefined then. */
export async function waitForLock(name: string, timeoutMs: number, pauseMs = 100): Promise<Release | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const release = await tryLock(name);
    if (release || Date.now() >= deadline) return release;
    await sleep(Math.min(pauseMs, Math.max(1, deadline - Date.now())));
  }
}

/** Runs one change at a time among all processes of the lab. */
export async function exclusively<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
  const release = await waitForLock(name, 10_000, 5);
  if (!release) throw new Error(`the lab waited 10 seconds for its own lock on ${name}`);
  try {
    return await work();
  } finally {
    await release();
  }
}
