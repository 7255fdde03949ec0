import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { Http } from "../../../../provider/deepseek/http.ts";
import { nodeHttp, nodeTransport } from "../../../../provider/deepseek/http-node.ts";
import { undiciHttp } from "../../../../provider/deepseek/http-undici.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { startSandbox } from "../../../../provider/sandbox/server.ts";
import { ask, transports } from "./support/ask.ts";
import { listening } from "./support/servers.ts";

describe.each(transports)("over %s,", (_, http) => {
  test("hundreds of probes have at most 128 requests in flight", async () => {
    const sandbox = await startSandbox({ defaultScenario: "good", latencyMs: 20 });
    try {
      const probes = Array.from({ length: 300 }, () => ask(http, { baseUrl: sandbox.url, timeoutMs: 25_000 }));
      const kinds = (await Promise.all(probes)).map(({ result }) => result.verdict.kind);
      expect(new Set(kinds)).toEqual(new Set(["valid"]));
      expect(sandbox.requests).toHaveLength(900);
      expect(sandbox.maxInFlight).toBeLessThanOrEqual(128);
      expect(sandbox.maxInFlight).toBeGreaterThan(64);
    } finally {
      await sandbox.close();
    }
  });
});

/** How many connections 20 probes open. Each makes two calls, and asks for the list without the key. */
async function connectionsOf(http: Http): Promise<number> {
  let connections = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.headers.authorization === undefined) response.statusCode = 401;
    response.end(JSON.stringify(request.url === "/models" ? bodies.modelList : bodies.balance));
  }).on("connection", () => connections++);
  const baseUrl = `http://127.0.0.1:${await listening(server)}`;
  for (let probes = 0; probes < 20; probes++) {
    expect((await ask(http, { baseUrl, testCall: "never" })).result.verdict.kind).toBe("valid");
  }
  return connections;
}

test("the provider's probes reuse their connections", async () => {
  // 60 requests, three at a time; more than three connections if one is not free again immediately.
  expect(await connectionsOf(undiciHttp)).toBeLessThanOrEqual(6);
});

test("the monitor's probes reuse their connections within a run", async () => {
  const { http, close } = nodeTransport();
  expect(await connectionsOf(http)).toBeLessThanOrEqual(6);
  close();
});

test("a transport that never learns of the end of a run keeps no connections", async () => {
  expect(await connectionsOf(nodeHttp)).toBe(60);
});
