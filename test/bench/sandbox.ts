import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface BenchSandbox {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts the sandbox in a separate thread. Every key is good. `latencyMs` delays each answer. */
export async function startBenchSandbox(latencyMs: number): Promise<BenchSandbox> {
  const worker = new Worker(new URL("./sandbox-worker.ts", import.meta.url), { workerData: { latencyMs } });
  const [url] = await once(worker, "message");
  return { url, stop: () => worker.terminate() };
}
