import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../../../provider/sandbox/server.ts";
import { ask, askSandbox, countCalls, transports } from "./support/ask.ts";
import { tcpServer } from "./support/servers.ts";

const sandboxStarted = startSandbox();
const afterwards: (() => void)[] = [];
afterAll(async () => {
  for (const end of afterwards) end();
  await (await sandboxStarted).close();
});

/** A server whose process sleeps after `listen` with a full queue, so the next connection is not accepted. */
async function neverAccepting(): Promise<number> {
  const sleeping = `
    const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["-e", sleeping], { stdio: ["ignore", "pipe", "inherit"] });
  afterwards.push(() => child.kill("SIGKILL"));
  const [port] = await once(child.stdout, "data");
  const waiting = Array.from({ length: 8 }, () => connect(Number(port), "127.0.0.1").on("error", () => {}));
  afterwards.push(...waiting.map((socket) => () => socket.destroy()));
  await Promise.any(waiting.map((socket) => once(socket, "connect")));
  return Number(port);
}

/** Sends the beginning of a reply, and then a piece every 20 ms. */
const dribble = (beginning: string, piece: string) => (socket: Socket) => {
  socket.write(beginning);
  const timer = setInterval(() => socket.write(piece), 20);
  socket.on("close", () => clearInterval(timer)).resume();
};

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const silent = () => tcpServer((socket) => void socket.resume());
const httpAt = async (port: Promise<number>) => `http://127.0.0.1:${await port}`;

describe.concurrent.each(transports)("over %s, the deadline is kept", (_, http) => {
  test.each([
    ["if nothing accepts the connection", () => httpAt(neverAccepting())],
    ["if the TLS handshake hangs", async () => `https://127.0.0.1:${await silent()}`],
    ["if no answer comes", () => httpAt(silent())],
    ["if the headers never end", () => httpAt(tcpServer(dribble(head, "x-a: b\r\n")))],
    ["if a body comes byte by byte", () => httpAt(tcpServer(dribble(`${head}content-length: 9999\r\n\r\n{`, " ")))],
    [
      "if the chunks never end",
      () => httpAt(tcpServer(dribble(`${head}transfer-encoding: chunked\r\n\r\n`, "1\r\n\n\r\n"))),
    ],
  ])("%s", async (_, serve) => {
    const { result, records } = await ask(http, { baseUrl: await serve(), timeoutMs: 300 });
    expect(result.verdict.kind).toBe("indeterminate");
    expect(records.map(({ fault }) => fault)).toEqual(["timeout", "timeout"]);
    for (const { milliseconds } of records) expect(milliseconds).toBeGreaterThan(280);
    // A generous limit: without a deadline it would be minutes.
    for (const { milliseconds } of records) expect(milliseconds).toBeLessThan(5_000);
  });

  test("for each attempt, and a budget limits all attempts together", async () => {
    const sandbox: Sandbox = await sandboxStarted;
    const begun = performance.now();
    const options = { timeoutMs: 400, maxAttempts: 3 };
    const { result, requests } = await askSandbox(sandbox, http, "keep-alive-forever", options);
    expect(result.verdict.kind).toBe("indeterminate");
    expect(countCalls(requests)[0]).toBeGreaterThanOrEqual(1);
    expect(countCalls(requests)[0]).toBeLessThanOrEqual(3);
    expect(performance.now() - begun).toBeLessThan(6_000);
  });
});
