import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type ScenarioName, scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";

export interface ScenarioServers {
  /** A base URL for each scenario, where every key has that scenario. At "echoing-chat" the free calls succeed. */
  readonly urls: Readonly<Record<string, string>>;
  /** Restarts the scenarios, for those that change after some calls. */
  restart(keys: readonly string[]): void;
  close(): Promise<void>;
}

/** Starts a sandbox for each scenario, so that one key can be used with all of them. */
export async function startScenarioServers(): Promise<ScenarioServers> {
  const start = async (scenario: ScenarioName) =>
    [scenario, await startSandbox({ defaultScenario: scenario })] as const;
  const sandboxes = new Map(await Promise.all(scenarioNames.map(start)));
  const echoingChat = createServer(({ method, url, headers }, response) => {
    // Without the body, which neither sandbox needs.
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
