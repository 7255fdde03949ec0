import { parentPort, workerData } from "node:worker_threads";
import { startSandbox } from "../../examples/sandbox/server.ts";

// A thread of its own: the server's work must not count as the client's.
const { url } = await startSandbox({ defaultScenario: "good", ...workerData });
parentPort?.postMessage(url);
