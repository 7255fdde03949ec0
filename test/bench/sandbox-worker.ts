import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";
import { startSandbox } from "../../provider/sandbox/server.ts";

// A separate thread, so that the server's work does not count as the client's.
const sandbox = await startSandbox({ defaultScenario: "good", ...workerData });
// It records its requests, which would be a hundred thousand.
setInterval(() => sandbox.clearRequests(), 1_000);
const { certificate } = workerData;
if (certificate === undefined) {
  parentPort?.postMessage(sandbox.url);
} else {
  const server = createServer({ ...certificate, ALPNProtocols: ["http/1.1"] }, (near) => {
    const far = connect(sandbox.port, "127.0.0.1");
    near.pipe(far).pipe(near);
    near.on("error", () => {}).on("close", () => far.destroy());
    far.on("error", () => {}).on("close", () => near.destroy());
  });
  // All connections are opened at once.
  await once(server.listen({ port: 0, host: "127.0.0.1", backlog: 2_048 }), "listening");
  parentPort?.postMessage(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
