/**
 * Lets work that reaches beyond this process (children, temporary folders) be cleared away when the process is about to
 * end: Ctrl-C, SIGTERM, SIGHUP, `process.exit`. Nothing can be done about SIGKILL.
 */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const cleaners = new Set<() => void>();

/**
 * Registers a clean-up that runs if the process is interrupted, the latest first.
 *
 * @param clean must be synchronous: nothing is waited for in a process that ends.
 * @returns withdraws it; to be called once the work has come to its normal end.
 */
export function onInterruption(clean: () => void): () => void {
  if (cleaners.size === 0) {
    for (const signal of signals) process.on(signal, onSignal);
    process.on("exit", cleanAll);
  }
  // Wrapped, so that the same function may be registered twice.
  const entry = () => clean();
  cleaners.add(entry);
  return () => {
    cleaners.delete(entry);
    if (cleaners.size === 0) stopListening();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  cleanAll();
  stopListening();
  // A listener of ours has switched off the signal's own effect. Give it back, unless others (vitest) decide on it too.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function cleanAll(): void {
  for (const clean of [...cleaners].reverse()) {
    try {
      clean();
    } catch {
      // The others must have their turn, and nobody is left to tell.
    }
  }
  cleaners.clear();
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, onSignal);
  process.off("exit", cleanAll);
}
