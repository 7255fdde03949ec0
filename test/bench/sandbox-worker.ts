import { parentPort, workerData } from "node:worker_threads";
import { startSandbox } from "../../provider/sandbox/server.ts";

// A thread of its own: the server's work must not count as the client's.
const sandbox = await startSandbox({ defaultScenario: "good", ...workerData });
// It records its requests, of which there will be a hundred thousand.
setInterval(() => sandbox.clearRequests(), 1_000);
parentPort?.postMessage(sandbox.url);
