import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "./child-process.mjs";

const pauseBeforeRestartMs = 1000;
const mostRestarts = { count: 5, withinMs: 60_000 };

/**
 * Starts a child, waits until `isReady(child)` says so, and from then on starts it again when it ends by itself.
 *
 * Rejects when it ends, or is not ready within `timeoutMs`, the first time. Later `onRestart(how)` is told of each end;
 * `gaveUp` resolves, with the reason, to a child that ends again and again.
 */
export async function keepRunning(program, { isReady, timeoutMs = 60_000, onRestart, signal }) {
  let child = startChild(program);
  let isStopping = false;
  const stop = () => {
    isStopping = true;
    return child.stop();
  };
  try {
    await waitUntilReady(child, isReady, timeoutMs, signal);
  } catch (error) {
    await stop();
    throw error;
  }

  const gaveUp = (async () => {
    const restarts = [];
    for (;;) {
      const how = await child.ended;
      if (isStopping) return undefined;
      if (restarts.filter((at) => at > Date.now() - mostRestarts.withinMs).length >= mostRestarts.count) {
        return `${program.name} ${how}, again and again:\n${child.tail()}`;
      }
      restarts.push(Date.now());
      onRestart(`${program.name} ${how}; starting it again (its log: ${program.logFile})`);
      await sleep(pauseBeforeRestartMs);
      if (isStopping) return undefined;
      child = startChild(program);
    }
  })();
  return { gaveUp, stop };
}

async function waitUntilReady(child, isReady, timeoutMs, signal) {
  const deadline = Date.now() + timeoutMs;
  let how;
  child.ended.then((text) => {
    how = text;
  });
  while (!(await isReady(child))) {
    signal?.throwIfAborted();
    if (how) throw new Error(`${child.name} ${how} before it was ready:\n${child.tail()}`);
    if (Date.now() > deadline) throw new Error(`${child.name} was not ready in time:\n${child.tail()}`);
    await sleep(50);
  }
}
