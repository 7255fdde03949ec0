import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** The port of each server that our code calls. */
export interface Ports {
  readonly service: number;
  readonly secrets: number;
}

/** The property of the secret that contains the key. */
export const secretField = "apiKey";

/** A sandbox in which every key is good and a Secrets Manager, with and without TLS. */
export interface Servers {
  readonly plain: Ports;
  /** For `localhost`, with a certificate that the tests trust. */
  readonly secured: Ports;
  readonly wrongName: Ports;
  readonly expired: Ports;
  /** All certificates that the tests trust. */
  readonly certificates: readonly string[];
  /** The ARN of the secret that contains the key. */
  readonly arn: string;
  /** The environment of a function that may read the secret. Its endpoint is the one without faults. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the servers in a separate thread, so that all sockets of the tests' thread belong to the code under test. */
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
