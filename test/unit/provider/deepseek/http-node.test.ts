import { createServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { readBody } from "../../../../provider/deepseek/body.ts";
import { type NodeTransport, nodeTransport } from "../../../../provider/deepseek/http-node.ts";
import { selfSigned } from "./support/certificate.ts";
import { listening, tcpServer } from "./support/servers.ts";

const certificate = selfSigned("localhost");
const trusted = getCACertificates("default");
beforeAll(() => setDefaultCACertificates([certificate.cert]));
afterAll(() => setDefaultCACertificates(trusted));
afterEach(() => {
  vi.restoreAllMocks();
});

function transport(): NodeTransport {
  const made = nodeTransport();
  onTestFinished(made.close);
  return made;
}

async function get({ http }: NodeTransport, url: string): Promise<string> {
  const response = await http({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(5_000) });
  const body = await readBody(response);
  return body.type === "text" ? `${response.status} ${body.text}` : body.reason;
}

/** A TLS server, with whether each of its connections resumed a session. */
async function tlsServer() {
  const resumed: boolean[] = [];
  const open = new Set<Socket>();
  const server = createHttpsServer(certificate, (_, response) => response.end("ok"));
  server.on("secureConnection", (socket: TLSSocket) => {
    resumed.push(socket.isSessionReused());
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return { url: `https://localhost:${await listening(server)}`, resumed, open };
}

describe("within a run", () => {
  test("calls share a connection, which is closed at the end", async () => {
    const { url, resumed, open } = await tlsServer();
    const node = transport();
    for (let calls = 0; calls < 3; calls++) expect(await get(node, url)).toBe("200 ok");
    expect(resumed).toHaveLength(1);
    node.close();
    await vi.waitFor(() => expect(open.size).toBe(0));
  });

  test("at most 256 connections stay open without a call, whatever the number of hosts", async () => {
    const sockets = new Set<Socket>();
    const serve: RequestListener = (_, response) => void setTimeout(() => response.end("ok"), 500);
    const ports = await Promise.all(
      [1, 2].map(() => {
        const server = createServer({ keepAliveTimeout: 60_000 }, serve);
        server.on("connection", (socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
        return listening(server);
      }),
    );
    const node = transport();
    await Promise.all(
      ports.flatMap((port) => Array.from({ length: 150 }, () => get(node, `http://127.0.0.1:${port}`))),
    );
    await vi.waitFor(() => expect(sockets.size).toBeLessThanOrEqual(256));
    expect(sockets.size).toBeGreaterThan(200);
  });

  test("a connection that the service closed while it was idle does not fail a call", async () => {
    let connections = 0;
    const port = await tcpServer((socket) => {
      const nth = ++connections;
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
        // The service closes it just as the next request arrives.
        socket.once("data", () => (nth === 1 ? socket.resetAndDestroy() : socket.end()));
      });
    });
    const node = transport();
    expect(await get(node, `http://127.0.0.1:${port}`)).toBe("200 a");
    expect(await get(node, `http://127.0.0.1:${port}`)).toBe("200 a");
    expect(connections).toBe(2);
  });

  test("a service that resets every call fails it after one new connection", async () => {
    let requests = 0;
    const port = await tcpServer((socket) =>
      socket.on("data", () => {
        if (++requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
        else socket.resetAndDestroy();
      }),
    );
    const node = transport();
    await get(node, `http://127.0.0.1:${port}`);
    await expect(get(node, `http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(requests).toBe(3);
  });

  test("a reply that nobody asked for is not taken for the next call's", async () => {
    const port = await tcpServer((socket) =>
      socket.once("data", async () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
        await delay(50);
        socket.write("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n");
      }),
    );
    const node = transport();
    for (let calls = 0; calls < 2; calls++) {
      expect(await get(node, `http://127.0.0.1:${port}`)).toBe("200 a");
      await delay(150);
    }
  });
});

describe("a later run", () => {
  test("resumes the TLS session of an earlier one", async () => {
    const { url, resumed } = await tlsServer();
    const node = transport();
    await get(node, url);
    node.close();
    await get(node, url);
    expect(resumed).toEqual([false, true]);
  });

  test("checks the certificate again after ten minutes, since it may have expired", async () => {
    const { url, resumed } = await tlsServer();
    const node = transport();
    await get(node, url);
    const later = Date.now() + 10 * 60 * 1_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    node.close();
    await get(node, url);
    expect(resumed).toEqual([false, false]);
  });
});
