import { once } from "node:events";
import { Command } from "commander";
import type { Exchange } from "../provider/sandbox/server.ts";
import { table } from "./terminal.ts";
import { usageError, wholeNumber } from "./usage.ts";

/** The command line's options. */
interface SandboxOptions {
  readonly port: number;
  readonly latency: number;
  readonly publicModels?: boolean;
}

const explanation = `
It needs no account and no network, and listens only on this machine. The scenarios include a revoked key, insufficient
balance, an overloaded service and a service that never answers. The keys work only with the sandbox. Press Ctrl-C to
stop it.

Examples for a second terminal; enter one of the keys that the sandbox prints:
  $ npx pulumi-deepseek check --key-file - --base-url http://127.0.0.1:4242         prompts for the key
  $ pulumi config set --secret deepseek:apiKey                                      for a program with
      new DeepSeekConnection("main", { baseUrl: "http://127.0.0.1:4242" });`;

/** `pulumi-deepseek sandbox`. */
export function sandboxCommand(): Command {
  return new Command("sandbox")
    .description("Start a local server that answers like DeepSeek. It prints a key for each scenario.")
    .option("--port <number>", "port on 127.0.0.1; 0 chooses a free one", wholeNumber(0, 65_535), 4_242)
    .option("--latency <ms>", "delay before every answer, in milliseconds", wholeNumber(0, 600_000), 0)
    .option("--public-models", "list the models to anyone, without a key, as many gateways do")
    .addHelpText("after", explanation)
    .action(serve);
}

async function serve({ port, latency, publicModels = false }: SandboxOptions): Promise<void> {
  const { startSandbox } = await import("../provider/sandbox/server.ts");
  const { sandboxKey } = await import("../provider/sandbox/accounts.ts");
  const { scenarioNames, scenarios } = await import("../provider/sandbox/scenarios.ts");
  const started = startSandbox({ port, latencyMs: latency, publicModels, onExchange: log });
  const sandbox = await started.catch((error: NodeJS.ErrnoException) => {
    throw usageError("port-unavailable", { port: String(port), code: error.code ?? "" });
  });
  for (const name of scenarioNames) sandbox.use(sandboxKey(name), name);
  const rows = scenarioNames.map((name) => [`  ${name}`, sandboxKey(name), scenarios[name].description]);
  console.log(greeting(sandbox.url, sandboxKey("good"), table(["  SCENARIO", "KEY", "WHAT IT DOES"], rows)));
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await sandbox.close();
}

function greeting(url: string, good: string, scenarios: string): string {
  return `The sandbox is running at ${url} and answers like DeepSeek.

${scenarios}

Any other key is unknown and gets 401. To use a key in a program:
  new DeepSeekConnection("deepseek", { apiKey: "${good}", baseUrl: "${url}" });
To check a key from the command line:
  echo ${good} | npx pulumi-deepseek check --key-file - --base-url ${url}
To make a call by hand:
  curl -H "Authorization: Bearer ${good}" ${url}/models
To change a key's scenario at any time, here to insufficient balance:
  curl -X PUT ${url}/sandbox/scenario -d '{"key":"${good}","scenario":"unfunded"}'
To list the requests so far:
  curl ${url}/sandbox/requests

Press Ctrl-C to stop. Requests:`;
}

function log({ method, path, status, scenario, milliseconds }: Exchange): void {
  console.log(`${method} ${path} ${status ?? "no answer"} ${scenario ?? "-"} ${milliseconds} ms`);
}
