/**
 * Cleans up child processes and temporary folders when the process is about to end: Ctrl-C, SIGTERM, SIGHUP,
 * `process.exit`. After SIGKILL no clean-up is possible.
 */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const cleaners = new Set<() => void>();

/**
 * Registers a clean-up that runs if the process is interrupted. The latest runs first.
 *
 * @param clean must be synchronous, since a process that ends does not wait
 * @returns a function that withdraws the clean-up; call it when the work has ended normally
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
  // Our listener disabled the signal's default effect. Restore it, unless others, such as vitest, listen too.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function cleanAll(): void {
  for (const clean of [...cleaners].reverse()) {
    try {
      clean();
    } catch {
      // The other clean-ups must still run, and there is nobody to report the error to.
    }
  }
  cleaners.clear();
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, onSignal);
  process.off("exit", cleanAll);
}
