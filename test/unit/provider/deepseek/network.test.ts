import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { ask, transports, verdictLine } from "./support/ask.ts";
import { selfSigned } from "./support/certificate.ts";
import { listening, tcpServer } from "./support/servers.ts";

const nothingKnown = "Nothing is known about the key.";

describe.each(transports)("over %s, nothing is known about the key", (_, http) => {
  const faultAt = async (baseUrl: string) => {
    const { result, records } = await ask(http, { baseUrl });
    const faults = new Set(records.map(({ fault }) => fault));
    expect(records.some(({ status }) => status !== undefined)).toBe(false);
    return { faults: [...faults], verdict: verdictLine(result) };
  };

  test("when its host does not exist", async () => {
    expect(await faultAt("https://nowhere.invalid")).toEqual({
      faults: ["dns"],
      verdict: `indeterminate: nowhere.invalid could not be found in DNS (GET /models). Check baseUrl, HTTPS_PROXY and this machine's DNS. ${nothingKnown}`,
    });
  });

  test("when nothing listens at the address", async () => {
    // A port that fetch does not block and where nothing listens, since it was just released.
    const server = createTlsServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await faultAt(`http://127.0.0.1:${port}`)).toEqual({
      faults: ["refused"],
      verdict: `indeterminate: 127.0.0.1:${port} refused the connection (GET /models). Check baseUrl and HTTPS_PROXY, and check that a server is listening at this address. ${nothingKnown}`,
    });
  });

  test("when the connection is reset or closed without an answer", async () => {
    const reset = await tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const closed = await tcpServer((socket) => socket.once("data", () => socket.end()));
    for (const port of [reset, closed]) {
      expect((await faultAt(`http://127.0.0.1:${port}`)).faults).toEqual(["reset"]);
    }
  });

  test("when its certificate is not trusted, and the key is not sent", async () => {
    let received = "";
    const server = createTlsServer(selfSigned("localhost"), (socket) => {
      socket.on("data", (chunk) => (received += String(chunk)));
    });
    const port = await listening(server);
    expect(await faultAt(`https://localhost:${port}`)).toEqual({
      faults: ["tls"],
      verdict: `indeterminate: localhost:${port} does not have a valid TLS certificate (GET /models). Check baseUrl, this machine's clock and the proxy. If your own certificate authority signs the traffic, set NODE_EXTRA_CA_CERTS to its file, or NODE_USE_SYSTEM_CA=1 to use the system's certificate store. ${nothingKnown}`,
    });
    expect(received).toBe("");
  });

  test("when the server does not use TLS, and the key is not sent", async () => {
    let received = "";
    const port = await tcpServer((socket) => {
      socket.once("data", (chunk) => {
        received += String(chunk);
        socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
      });
    });
    expect((await faultAt(`https://127.0.0.1:${port}`)).faults).toEqual(["tls"]);
    expect(received).not.toContain("Bearer");
  });

  test("when the server does not use HTTP", async () => {
    const port = await tcpServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
    expect(await faultAt(`http://127.0.0.1:${port}`)).toEqual({
      faults: ["protocol"],
      verdict: `indeterminate: 127.0.0.1:${port} sent malformed HTTP (GET /models). Check baseUrl. ${nothingKnown}`,
    });
  });
});
