import { parentPort } from "node:worker_threads";
import { startSecretsManager } from "../support/secrets-manager.ts";

// A separate thread, so that the server's work does not count as the function's.
const { url, environment, put } = await startSecretsManager();
parentPort?.on("message", ({ arn, value }: { readonly arn: string; readonly value: string }) => {
  put(arn, { value });
  parentPort?.postMessage(arn);
});
parentPort?.postMessage({ url, environment });
