import { once } from "node:events";
import { type AddressInfo, connect, type Server } from "node:net";
import { pipeline } from "node:stream";
import { createServer } from "node:tls";
import { parentPort } from "node:worker_threads";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { arnOf, startSecretsManager } from "../support/secrets-manager.ts";
import { selfSigned } from "../unit/provider/deepseek/support/certificate.ts";
import { type Servers, secretField } from "./servers.ts";

const good = selfSigned("localhost");
const wrongName = selfSigned("elsewhere.example");
const expired = selfSigned("localhost", 2025);

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The same server behind TLS. */
function behindTls(port: number, certificate: ReturnType<typeof selfSigned>): Promise<number> {
  const server = createServer(certificate, (socket) => {
    // Broken connections are expected in these tests.
    const ignore = () => {};
    const inner = connect(port, "127.0.0.1");
    pipeline(socket, inner, ignore);
    pipeline(inner, socket, ignore);
  });
  return portOf(server);
}

const sandbox = await startSandbox({ defaultScenario: "good" });
const secrets = await startSecretsManager();
const arn = arnOf("prod");
// Long enough that the answer can be split after the headers.
secrets.put(arn, { value: JSON.stringify({ [secretField]: sandboxKey("faults"), filler: "-".repeat(800) }) });

const plain = { service: sandbox.port, secrets: Number(new URL(secrets.url).port) };
const secured = async (certificate: ReturnType<typeof selfSigned>) => ({
  service: await behindTls(plain.service, certificate),
  secrets: await behindTls(plain.secrets, certificate),
});
const servers: Servers = {
  plain,
  secured: await secured(good),
  wrongName: await secured(wrongName),
  expired: await secured(expired),
  certificates: [good, wrongName, expired].map(({ cert }) => cert),
  arn,
  environment: secrets.environment,
};
parentPort?.postMessage(servers);
