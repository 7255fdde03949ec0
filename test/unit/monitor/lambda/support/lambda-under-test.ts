import { randomUUID } from "node:crypto";
import { createHandler, type Dependencies, type RunSummary } from "../../../../../monitor/lambda/handler.ts";
import type { MonitorEnvironment } from "../../../../../monitor/lambda/invocation.ts";
import { secretsManager } from "../../../../../monitor/lambda/secrets-manager.ts";
import type { StoredConnection } from "../../../../../monitor/lambda/shard-secret.ts";
import { shardSecretName } from "../../../../../monitor/names.ts";
import { nodeTransport } from "../../../../../provider/deepseek/http-node.ts";
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
  /** Creates a new key for a connection and a scenario of the sandbox, and returns it. */
  create(name: string, scenario: ScenarioName): string;
  /** The same in a secret of the user's own. */
  store(name: string, scenario: ScenarioName): string;
  /** A connection as in its shard's secret, with the key that was created for it. */
  connection(name: string, more?: Partial<StoredConnection>): StoredConnection;
  /** The same with a secret of the user's own. */
  given(name: string, more?: Partial<StoredConnection>): StoredConnection;
  /** Stores the connections in the shard's secret, and invokes the function. */
  run(connections: readonly StoredConnection[], options?: RunOptions): Promise<Outcome>;
  /** Invokes the function with any value as event. */
  runRaw(event: unknown, remainingMs?: number): Promise<RunSummary>;
  /** What the last run logged, even if it threw. */
  readonly logged: readonly LogLine[];
}

/** The name of a shard's secret. */
export const shardSecret = (shard = "0") => shardSecretName(monitorEnvironment.MONITOR_NAME, shard);

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
  const keys = new Map<string, string>();
  let now = START;
  let printed: string[] = [];
  let logged: LogLine[] = [];
  const take =
    (level: LogLine["level"]) =>
    (message: unknown, ...extra: readonly unknown[]) =>
      void logged.push({ level, message: String(message), ...Object.assign({}, ...extra) });
  const { http, close } = nodeTransport();
  const handler = createHandler({
    environment: { ...monitorEnvironment, ...environment },
    http,
    closeConnections: close,
    readSecret: secretsManager(secrets.environment, http),
    clock: { ...systemClock, now: () => now },
    print: (line) => printed.push(line),
    log: { info: take("info"), warn: take("warn"), error: take("error") },
    ...more,
  });
  const create = (name: string, scenario: ScenarioName) => {
    const key = sandboxKey(randomUUID());
    sandbox.use(key, scenario);
    keys.set(name, key);
    return key;
  };
  return {
    sandbox,
    secrets,
    wait: (ms) => {
      now += ms;
    },
    create,
    store(name, scenario) {
      const key = create(name, scenario);
      secrets.put(arnOf(name), { value: key });
      return key;
    },
    connection: (name, fields) => ({ name, baseUrl: sandbox.url, apiKey: keys.get(name), ...fields }),
    given: (name, fields) => ({ name, baseUrl: sandbox.url, secretArn: arnOf(name), ...fields }),
    async run(connections, { remainingMs = 60_000, shard = "0", ...event } = {}) {
      printed = [];
      logged = [];
      secrets.put(shardSecret(shard), { value: JSON.stringify({ connections }) });
      const summary = await handler({ shard, ...event }, { getRemainingTimeInMillis: () => remainingMs });
      return { summary, gauges: gaugesIn(printed), printed, logged };
    },
    runRaw: (event, remainingMs = 60_000) => handler(event, { getRemainingTimeInMillis: () => remainingMs }),
    get logged() {
      return logged;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([sandbox.close(), secrets[Symbol.asyncDispose]()]);
    },
  };
}
