import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type ScenarioName, scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";

export interface ScenarioServers {
  /** By scenario, an address at which every key meets it; at "echoing-chat" the free calls are good. */
  readonly urls: Readonly<Record<string, string>>;
  /** Scenarios that begin badly do so again. */
  restart(keys: readonly string[]): void;
  close(): Promise<void>;
}

/** A sandbox for each scenario, so that one key, of whatever origin, can meet them all. */
export async function startScenarioServers(): Promise<ScenarioServers> {
  const start = async (scenario: ScenarioName) =>
    [scenario, await startSandbox({ defaultScenario: scenario })] as const;
  const sandboxes = new Map(await Promise.all(scenarioNames.map(start)));
  const echoingChat = createServer(({ method, url, headers }, response) => {
    // Without its body, which neither of the two needs.
    const { "content-length": _, ...rest } = headers;
    const target = sandboxes.get(method === "POST" ? "echoing" : "good")?.url ?? "";
    const onward = request(target + url, { method, headers: rest }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  }).listen(0, "127.0.0.1");
  await once(echoingChat, "listening");
  const { port } = echoingChat.address() as AddressInfo;
  return {
    urls: {
      ...Object.fromEntries([...sandboxes].map(([scenario, { url }]) => [scenario, url])),
      "echoing-chat": `http://127.0.0.1:${port}`,
    },
    restart(keys) {
      for (const [scenario, sandbox] of sandboxes) for (const key of keys) sandbox.use(key, scenario);
    },
    async close() {
      echoingChat.close();
      echoingChat.closeAllConnections();
      for (const sandbox of sandboxes.values()) await sandbox.close();
    },
  };
}
