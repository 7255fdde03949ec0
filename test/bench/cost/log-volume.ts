import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { lowBalanceLimits } from "../../../dist/monitor/alarms/catalog.js";
import { exampleKey as apiKey } from "../../support/keys.ts";
import { startBenchSandbox } from "../sandbox.ts";
import type { LogVolume } from "./quantities.ts";

const bundle = fileURLToPath(new URL("../../../dist/monitor/lambda/bundle/index.js", import.meta.url));

/** The usual case: every key works, so the log contains no warnings. */

/** Realistic names, since their characters are in each line. */
const monitor = "health-1a2b3c4";
const nameOf = (index: number) => `production-${index}`;

interface Run {
  readonly connections: number;
  readonly detail: string;
  readonly gauges: readonly string[];
}

/** Measures what the bundled function writes to its standard output in one run, in a separate process. */
export class LogMeter {
  readonly #sandbox;
  readonly #secrets;
  #connections = 0;

  private constructor(
    sandbox: Awaited<ReturnType<typeof startBenchSandbox>>,
    secrets: ReturnType<typeof createServer>,
  ) {
    this.#sandbox = sandbox;
    this.#secrets = secrets;
  }

  static async start(): Promise<LogMeter> {
    const sandbox = await startBenchSandbox(0);
    const meter: LogMeter = new LogMeter(
      sandbox,
      createServer((_request, response) => {
        const connections = Array.from({ length: meter.#connections }, (_, index) => {
          return { name: nameOf(index), baseUrl: sandbox.url, apiKey };
        });
        response.end(JSON.stringify({ SecretString: JSON.stringify({ connections }), CreatedDate: 1_764_000_000 }));
      }),
    );
    await once(meter.#secrets.listen(0, "127.0.0.1"), "listening");
    return meter;
  }

  async measure({ connections, detail, gauges }: Run): Promise<LogVolume> {
    const { url } = this.#sandbox;
    this.#connections = connections;
    const { port } = this.#secrets.address() as AddressInfo;
    const output = await runBundle(
      { shard: "0" },
      {
        MONITOR_NAME: monitor,
        MONITOR_SHARDS: "1",
        AWS_REGION: "us-east-1",
        MONITOR_TEST_CALL: "chat",
        MONITOR_DETAIL: detail,
        MONITOR_GAUGES: gauges.join(","),
        MONITOR_LOW_BALANCE: JSON.stringify(lowBalanceLimits({})),
        AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "example",
      },
    );
    if (!output.includes(`Probed ${connections} of ${connections} connections.`)) {
      throw new Error(`The bundled function did not probe all connections:\n${output}`);
    }
    if (!output.includes(`"valid":${connections}`)) throw new Error(`Not every probe was good:\n${output}`);
    // The sandbox's address stands in for DeepSeek's, which is a few characters longer.
    const text = output.replaceAll(url, "https://api.deepseek.com");
    const lines = text.split("\n").filter((line) => line !== "");
    return { bytes: lines.reduce((total, line) => total + Buffer.byteLength(line), 0), events: lines.length };
  }

  async stop(): Promise<void> {
    this.#secrets.close();
    await this.#sandbox.stop();
  }
}

async function runBundle(event: unknown, environment: Readonly<Record<string, string>>): Promise<string> {
  const script = `
    const { handler } = require(process.argv[1]);
    handler(JSON.parse(process.argv[2]), {
      getRemainingTimeInMillis: () => 60_000,
      awsRequestId: "8f5e2a34-1c1b-4a57-9a62-3f0b5f0c9d11",
    }).then(() => {}, (error) => { console.error(error); process.exitCode = 1; });`;
  const child = spawn(process.execPath, ["-e", script, bundle, JSON.stringify(event)], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`The bundled function ended with exit code ${code}.`);
  return output;
}
