import { parentPort } from "node:worker_threads";
import { startSecretsManager } from "../support/secrets-manager.ts";

// A separate thread, so that the server's work does not count as the function's.
const { url, environment, put } = await startSecretsManager();
parentPort?.on("message", ({ id, value }: { readonly id: string; readonly value: string }) => {
  put(id, { value });
  parentPort?.postMessage(id);
});
parentPort?.postMessage({ url, environment });
