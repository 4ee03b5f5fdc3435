/** The signals that interrupt one guest's backup. A second guest starts with a clean slate: the job goes on. */
export function watchInterruptions() {
  const listeners = new Set<() => void>();
  let isInterrupted = false;
  const strike = () => {
    isInterrupted = true;
    for (const listener of listeners) listener();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const) process.on(signal, strike);
  return {
    /** Forgets what came before: a signal while nothing can be interrupted is lost, as with the real one. */
    reset: () => {
      isInterrupted = false;
    },
    isInterrupted: () => isInterrupted,
    /** Calls back at the next signal, until the returned function is called. */
    onInterrupt(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type Interruptions = ReturnType<typeof watchInterruptions>;
