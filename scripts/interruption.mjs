import { setMaxListeners } from "node:events";

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Turns Ctrl-C and its kin into an aborted signal: whoever waits for something stops waiting, cleans up and returns.
 * The second Ctrl-C is no different from the first. The exit code is the one a shell expects for that signal.
 */
export function abortOnInterruption() {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every call under way listens: that is no leak
  for (const [name, exitCode] of Object.entries(exitCodes)) {
    process.on(name, () => {
      process.exitCode = exitCode;
      controller.abort(new Error("interrupted"));
    });
  }
  return controller.signal;
}
