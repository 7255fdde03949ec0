import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../unit/provider/deepseek/support/certificate.ts";

/** A local server for DeepSeek's own base URL, used by programs with these environment variables. */
export interface DeepSeekHere extends Disposable {
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a server that answers as DeepSeek's host, so that messages are as for users. All tunnels of its proxy lead to one
 * server with its own certificate, which forwards to the sandbox.
 *
 * @param port the sandbox's port
 * @param authority the file for the certificate that the programs must trust
 */
export async function deepSeekHere(host: string, port: number, authority: string): Promise<DeepSeekHere> {
  const certificate = selfSigned(host);
  await writeFile(authority, certificate.cert);
  const service = createTlsServer(certificate, (socket) => join(socket, connect(port, "127.0.0.1")));
  const servicePort = await listening(service);
  const proxy = createServer();
  proxy.on("connect", (_, socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    join(socket, connect(servicePort, "127.0.0.1"));
  });
  const url = `http://127.0.0.1:${await listening(proxy)}`;
  return {
    env: { HTTPS_PROXY: url, NO_PROXY: "127.0.0.1,localhost", NODE_EXTRA_CA_CERTS: authority },
    [Symbol.dispose]() {
      for (const server of [service, proxy]) server.close();
    },
  };
}

type Stream = NodeJS.ReadWriteStream & { destroy(): void };

function join(near: Stream, far: Stream): void {
  near.pipe(far).pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on("error", () => {}).on("close", () => other.destroy());
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
