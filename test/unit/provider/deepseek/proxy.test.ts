import { writeFileSync } from "node:fs";
import { createServer, request as forward, type IncomingHttpHeaders } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { startSandbox } from "../../../../provider/sandbox/server.ts";
import { selfSigned } from "./support/certificate.ts";
import { copyCore, runIn } from "./support/core-copy.ts";
import { listening } from "./support/servers.ts";

const sandboxStarted = startSandbox({ defaultScenario: "good" });
afterAll(async () => (await sandboxStarted).close());

interface Seen {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy that forwards plain requests and tunnels the others to one port of this machine, or refuses to. */
async function startProxy(tunnelTo?: number) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ line: `${method} ${url}`, headers });
    const upstream = forward(url, { method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    request.pipe(upstream);
  });
  server.on("connect", ({ url = "", headers }, socket) => {
    seen.push({ line: `CONNECT ${url}`, headers });
    const port = tunnelTo ?? (url.startsWith("127.0.0.1:") ? Number(url.split(":")[1]) : undefined);
    if (port === undefined) return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on("error", () => {}).on("close", () => upstream.destroy());
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, seen };
}

/** Returns the verdict of a process with these environment variables. */
async function probeWith(folder: string, baseUrl: string, env: NodeJS.ProcessEnv) {
  const program = `
    import { probe } from "./deepseek/probe.ts";
    import { undiciHttp } from "./deepseek/http-undici.ts";
    const request = { apiKey: "sk-proxied", baseUrl: "${baseUrl}", testCall: "always", timeoutMs: 10_000, maxAttempts: 1 };
    console.log(JSON.stringify((await probe(request, undiciHttp, () => {})).verdict));`;
  return JSON.parse(await runIn(folder, program, env));
}

describe("the provider's transport", () => {
  test("connects to this machine directly, even if HTTP_PROXY is set, since the proxy could read the key", async () => {
    using core = copyCore();
    const proxy = await startProxy();
    const { url, requests } = await sandboxStarted;
    for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY"]) {
      expect(await probeWith(core.folder, url, { [name]: proxy.url })).toEqual({ kind: "valid" });
    }
    expect(proxy.seen).toEqual([]);
    expect(requests).toHaveLength(9);
  });

  test("tunnels through HTTPS_PROXY, which cannot see the key", async () => {
    using core = copyCore();
    const certificate = selfSigned("deepseek.example");
    const authority = join(core.folder, "authority.pem");
    writeFileSync(authority, certificate.cert);
    const served = createTlsServer(certificate, ({ url, headers }, response) => {
      const replies: Record<string, unknown> = { "/models": bodies.modelList, "/user/balance": bodies.balance };
      const known = headers.authorization === "Bearer sk-proxied";
      response.end(JSON.stringify(known ? (replies[url ?? ""] ?? { choices: [{ message: {} }] }) : {}));
    });
    await listening(served);
    const proxy = await startProxy((served.address() as AddressInfo).port);
    const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: authority };
    expect(await probeWith(core.folder, "https://deepseek.example", env)).toEqual({ kind: "valid" });
    expect(new Set(proxy.seen.map(({ line }) => line))).toEqual(new Set(["CONNECT deepseek.example:443"]));
    expect(JSON.stringify(proxy.seen)).not.toContain("sk-proxied");

    // HTTP_PROXY also applies to https if HTTPS_PROXY is not set; NO_PROXY applies to both.
    const before = proxy.seen.length;
    const { HTTPS_PROXY, ...rest } = env;
    expect(await probeWith(core.folder, "https://deepseek.example", { ...rest, HTTP_PROXY: HTTPS_PROXY })).toEqual({
      kind: "valid",
    });
    expect(proxy.seen.length).toBeGreaterThan(before);
    const after = proxy.seen.length;
    const excepted = await probeWith(core.folder, "https://deepseek.example", { ...env, NO_PROXY: "deepseek.example" });
    expect(excepted).toMatchObject({ kind: "indeterminate" });
    expect(proxy.seen).toHaveLength(after);
  });

  test("reports a proxy that refuses the tunnel", async () => {
    using core = copyCore();
    const { url } = await startProxy();
    expect(await probeWith(core.folder, "https://deepseek.example", { HTTPS_PROXY: url })).toEqual({
      kind: "indeterminate",
      code: expect.any(String),
      cause: "deepseek.example could not be reached through the proxy (GET /models).",
      nextStep: "Check HTTPS_PROXY and NO_PROXY. Nothing is known about the key.",
      call: "models",
    });
  });

  test("names HTTPS_PROXY if no proxy is listening", async () => {
    using core = copyCore();
    const env = { HTTPS_PROXY: "http://127.0.0.1:9" };
    expect(await probeWith(core.folder, "https://deepseek.example", env)).toMatchObject({
      kind: "indeterminate",
      code: expect.any(String),
      nextStep:
        "Check baseUrl and HTTPS_PROXY, and check that a server is listening at this address. Nothing is known about the key.",
    });
  });
});
