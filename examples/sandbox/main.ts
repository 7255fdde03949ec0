/** The sandbox as a command of its own: `npm run sandbox`, or `node examples/sandbox/main.ts`. */
import { parseArgs } from "node:util";
import { sandboxKey } from "./keys.ts";
import { scenarioNames, scenarios } from "./scenarios.ts";
import { type Exchange, type Sandbox, startSandbox } from "./server.ts";

const usage = `Usage: node examples/sandbox/main.ts [--port N] [--latency-ms N] [--help]

A local server that answers as DeepSeek does, scenario by scenario: each key meets one.

  --port N        port on 127.0.0.1 (default 4242; 0 takes a free one)
  --latency-ms N  delay before every answer, in milliseconds (default 0)
  --help          this text`;

/** Thrown when the command line is wrong: its message is for the person who typed it. */
class UsageError extends Error {}

function readArguments() {
  const { values } = (() => {
    try {
      return parseArgs({
        options: { port: { type: "string" }, "latency-ms": { type: "string" }, help: { type: "boolean" } },
      });
    } catch (cause) {
      throw new UsageError(cause instanceof Error ? cause.message : String(cause));
    }
  })();
  return {
    help: values.help ?? false,
    port: wholeNumber("--port", values.port ?? "4242", 65_535),
    latencyMs: wholeNumber("--latency-ms", values["latency-ms"] ?? "0", 600_000),
  };
}

function wholeNumber(option: string, given: string, max: number): number {
  const value = Number(given);
  if (!/^\d+$/.test(given) || value > max) {
    throw new UsageError(`${option} takes a whole number from 0 to ${max}, not '${given}'.`);
  }
  return value;
}

function greeting(url: string): string {
  const width = Math.max(...scenarioNames.map((name) => name.length));
  const row = (name: string, key: string, description: string) =>
    `  ${name.padEnd(width)}  ${key.padEnd(35)}  ${description}`;
  const rows = scenarioNames.map((name) => row(name, sandboxKey(name), scenarios[name].description));
  return `The sandbox answers as DeepSeek does, at ${url}

${[row("SCENARIO", "KEY", "WHAT IT DOES"), ...rows].join("\n")}

Any other key is unknown: it gets 401. In a program:
  new DeepSeekConnection("deepseek", { apiKey: "${sandboxKey("good")}", baseUrl: "${url}" });
By hand:
  curl -H "Authorization: Bearer ${sandboxKey("good")}" ${url}/models
A key can change its scenario at any time; here the account runs out of money:
  curl -X PUT ${url}/sandbox/scenario -d '{"key":"${sandboxKey("good")}","scenario":"unfunded"}'
What was asked so far:
  curl ${url}/sandbox/requests

Ctrl-C stops it. Each request:`;
}

function logExchange({ method, path, status, scenario, milliseconds }: Exchange): void {
  console.log(`${method} ${path} ${status ?? "no answer"} ${scenario ?? "-"} ${milliseconds} ms`);
}

async function start(port: number, latencyMs: number): Promise<Sandbox> {
  const sandbox = await startSandbox({ port, latencyMs, onExchange: logExchange });
  for (const name of scenarioNames) sandbox.use(sandboxKey(name), name);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void sandbox.close());
  return sandbox;
}

try {
  const { help, port, latencyMs } = readArguments();
  console.log(help ? usage : greeting((await start(port, latencyMs)).url));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  } else {
    const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    console.error(inUse ? "That port is in use. Choose another with --port, or 0 for a free one." : error);
    process.exitCode = 1;
  }
}
