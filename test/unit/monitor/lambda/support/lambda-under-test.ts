import { randomUUID } from "node:crypto";
import { createHandler, type Dependencies, type RunSummary } from "../../../../../monitor/lambda/handler.ts";
import type { MonitorEnvironment, MonitoredConnection } from "../../../../../monitor/lambda/invocation.ts";
import { secretsManager } from "../../../../../monitor/lambda/secrets.ts";
import { nodeHttp } from "../../../../../provider/deepseek/http-node.ts";
import { systemClock } from "../../../../../provider/deepseek/retry.ts";
import { sandboxKey } from "../../../../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../../../../provider/sandbox/scenarios.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../../../provider/sandbox/server.ts";
import { gaugesIn } from "../../../../support/embedded-metrics.ts";
import { monitorEnvironment } from "../../../../support/monitor-environment.ts";
import { arnOf, type SecretsManager, startSecretsManager } from "../../../../support/secrets-manager.ts";

/** The time at which a lambda's simulated clock starts. */
export const START = Date.parse("2026-11-24T12:00:00Z");

interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly [field: string]: unknown;
}

interface Outcome {
  readonly summary: RunSummary;
  readonly gauges: ReturnType<typeof gaugesIn>;
  readonly printed: readonly string[];
  readonly logged: readonly LogLine[];
}

/** A monitor's function with a real sandbox and a real server for its secrets. */
export interface LambdaUnderTest extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly secrets: SecretsManager;
  /** Moves the function's clock. */
  wait(ms: number): void;
  /** Stores a new key for a scenario of the sandbox, and returns it. */
  store(name: string, scenario: ScenarioName): string;
  /** A connection as in the schedule's event. */
  connection(name: string, more?: Partial<MonitoredConnection>): MonitoredConnection;
  run(connections: readonly MonitoredConnection[], options?: RunOptions): Promise<Outcome>;
  /** Invokes the function with any value as event. */
  runRaw(event: unknown): Promise<RunSummary>;
  /** What the last run logged, even if it threw. */
  readonly logged: readonly LogLine[];
}

interface RunOptions {
  readonly shard?: string;
  readonly smoke?: boolean;
  /** The remaining time that Lambda reports. @default one minute */
  readonly remainingMs?: number;
}

export async function startLambda(
  environment: Partial<MonitorEnvironment> = {},
  more: Partial<Dependencies> = {},
  sandboxOptions: SandboxOptions = {},
): Promise<LambdaUnderTest> {
  const sandbox = await startSandbox(sandboxOptions);
  const secrets = await startSecretsManager();
  let now = START;
  let printed: string[] = [];
  let logged: LogLine[] = [];
  const take =
    (level: LogLine["level"]) =>
    (message: unknown, ...extra: readonly unknown[]) =>
      void logged.push({ level, message: String(message), ...Object.assign({}, ...extra) });
  const handler = createHandler({
    environment: { ...monitorEnvironment, ...environment },
    http: nodeHttp,
    readSecret: secretsManager(secrets.environment),
    clock: { ...systemClock, now: () => now },
    print: (line) => printed.push(line),
    log: { info: take("info"), warn: take("warn"), error: take("error") },
    ...more,
  });
  return {
    sandbox,
    secrets,
    wait: (ms) => {
      now += ms;
    },
    store(name, scenario) {
      const key = sandboxKey(randomUUID());
      sandbox.use(key, scenario);
      secrets.put(arnOf(name), { value: key });
      return key;
    },
    connection: (name, fields) => ({ name, baseUrl: sandbox.url, secretArn: arnOf(name), ...fields }),
    async run(connections, { remainingMs = 60_000, shard = "0", ...event } = {}) {
      printed = [];
      logged = [];
      const summary = await handler({ shard, connections, ...event }, { getRemainingTimeInMillis: () => remainingMs });
      return { summary, gauges: gaugesIn(printed), printed, logged };
    },
    runRaw: (event) => handler(event, { getRemainingTimeInMillis: () => 60_000 }),
    get logged() {
      return logged;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([sandbox.close(), secrets[Symbol.asyncDispose]()]);
    },
  };
}
