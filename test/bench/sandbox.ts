import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface BenchSandbox {
  readonly url: string;
  stop(): Promise<unknown>;
}

/**
 * Starts the sandbox in a separate thread. Every key is good.
 *
 * @param latencyMs delays each answer
 * @param certificate makes it answer over TLS
 */
export async function startBenchSandbox(
  latencyMs: number,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<BenchSandbox> {
  const worker = new Worker(new URL("./sandbox-worker.ts", import.meta.url), {
    workerData: { latencyMs, certificate },
  });
  const [url] = await once(worker, "message");
  return { url, stop: () => worker.terminate() };
}
