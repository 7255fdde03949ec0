import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../unit/provider/deepseek/support/certificate.ts";

/** DeepSeek's own address, for programs with a certain environment: what they send there comes to this machine. */
export interface DeepSeekHere extends Disposable {
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Answers in the name of DeepSeek's host, so that messages read as they do for users: a proxy whose tunnels all lead to one
 * server with a certificate of its own, and from there to the sandbox.
 *
 * @param port the sandbox's
 * @param authority the file for the certificate that these programs are to trust
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
