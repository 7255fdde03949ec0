import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A port of each server that our code asks. */
export interface Ports {
  readonly service: number;
  readonly secrets: number;
}

/** The property of the secret that holds the key. */
export const secretField = "apiKey";

/** A DeepSeek whose every key is good, and an AWS Secrets Manager, plainly and behind TLS. */
export interface Servers {
  readonly plain: Ports;
  /** For `localhost`, by a certificate to be trusted. */
  readonly secured: Ports;
  readonly wrongName: Ports;
  readonly expired: Ports;
  /** All of them, for whoever is to trust them. */
  readonly certificates: readonly string[];
  /** Of the secret that holds a key. */
  readonly arn: string;
  /** Of a function that may read it; its endpoint is the one without faults. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts them in a thread of their own, so that the sockets of the tests' thread are those of the code under test. */
export async function startServers(): Promise<Servers & AsyncDisposable> {
  const worker = new Worker(new URL("./servers-worker.ts", import.meta.url));
  const [servers] = (await once(worker, "message")) as [Servers];
  return {
    ...servers,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
