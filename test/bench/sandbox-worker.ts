import { parentPort, workerData } from "node:worker_threads";
import { startSandbox } from "../../provider/sandbox/server.ts";

// A separate thread, so that the server's work does not count as the client's.
const sandbox = await startSandbox({ defaultScenario: "good", ...workerData });
// It records its requests, which would be a hundred thousand.
setInterval(() => sandbox.clearRequests(), 1_000);
parentPort?.postMessage(sandbox.url);
