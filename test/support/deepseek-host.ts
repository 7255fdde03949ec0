import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, isIP, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { type Dispatcher, ProxyAgent } from "undici";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";

/** Hosts of the internet that are on this machine, for whoever uses the proxy and trusts the authority. */
export interface Hosts extends AsyncDisposable {
  /** For a child process: its https goes to these hosts and nowhere else. */
  readonly env: Readonly<Record<"HTTPS_PROXY" | "NO_PROXY" | "NODE_EXTRA_CA_CERTS", string>>;
  /** The test authority's certificate, as PEM. */
  readonly ca: string;
  /** For `transportThrough` in this process, which reads neither proxy nor authority from its environment. */
  readonly dispatcher: Dispatcher;
  /** Each tunnel that was requested so far, such as `api.deepseek.com:443`. Those to other hosts were refused. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
}

/**
 * Answers as these hosts, on loopback only: a proxy that ends each tunnel itself, with a certificate of a test authority,
 * and forwards the plain bytes, so that a server's resets and pauses arrive as they are. The authority is made for each
 * call, and its key never leaves this process.
 *
 * @param table the address of a server of this machine, such as a sandbox, for each host name
 * @throws if an address is not on this machine
 * @example
 * await using hosts = await startHosts({ "api.deepseek.com": sandbox.url });
 */
export async function startHosts(table: Readonly<Record<string, string>>): Promise<Hosts> {
  const ports = new Map(Object.entries(table).map(([host, url]) => [`${host}:443`, portOf(url)]));
  const { authority, ...certificate } = await certify(Object.keys(table));
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };

  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connection", keep);
  proxy.on("connect", ({ url = "" }, stream, head: Buffer) => {
    tunnels.push(url);
    // A client that goes away is part of many tests.
    stream.on("error", () => {});
    const port = ports.get(url);
    if (port === undefined) return void stream.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    stream.write("HTTP/1.1 200 Connection established\r\n\r\n");
    stream.unshift(head);
    const near = new TLSSocket(stream as Socket, { isServer: true, ALPNProtocols: ["http/1.1"], ...certificate });
    const far = connect(port, "127.0.0.1");
    keep(far);
    near.pipe(far).pipe(near);
    near.on("error", () => {}).on("close", () => far.destroy());
    far.on("error", () => {}).on("close", () => near.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  const folder = mkdtempSync(join(tmpdir(), "test-authority-"));
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, authority);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const withdraw = onInterruption(removeFolder);
  const agent = new ProxyAgent({ uri: proxyUrl, requestTls: { ca: authority }, connections: 128, allowH2: false });
  const close = async () => {
    await agent.destroy();
    proxy.close();
    for (const socket of sockets) socket.destroy();
    removeFolder();
    withdraw();
  };
  return {
    env: { HTTPS_PROXY: proxyUrl, NO_PROXY: "127.0.0.1,localhost", NODE_EXTRA_CA_CERTS: authorityFile },
    ca: authority,
    dispatcher: agent,
    tunnels,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The port of a server of this machine. */
function portOf(url: string): number {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === "http:" && (hostname === "127.0.0.1" || hostname === "localhost") && port !== "")
    return Number(port);
  throw new Error(`${url} is not the address of a server on this machine, such as http://127.0.0.1:4242.`);
}

/** A certificate for these names or IP addresses, from an authority that is made for it. */
export async function certify(hosts: readonly string[]) {
  const strong = { keyType: "ec", algorithm: "sha256" } as const;
  const authority = await generate([{ name: "commonName", value: "Test authority" }], {
    ...strong,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const { private: key, cert } = await generate([{ name: "commonName", value: "Test hosts" }], {
    ...strong,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  return { key, cert, authority: authority.cert };
}
