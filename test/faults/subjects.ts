import { createHandler } from "../../monitor/lambda/handler.ts";
import { secretsManager } from "../../monitor/lambda/secrets-manager.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import { nodeHttp, nodeTransport } from "../../provider/deepseek/http-node.ts";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import { systemClock } from "../../provider/deepseek/retry.ts";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { gaugesIn } from "../support/embedded-metrics.ts";
import { monitorEnvironment } from "../support/monitor-environment.ts";
import type { Line } from "./faulty-line.ts";
import { type Ports, type Servers, secretField } from "./servers.ts";

/** The conditions of a test. */
interface Trial {
  readonly servers: Servers;
  readonly line: Pick<Line, "url" | "over">;
  /** Nothing will arrive, so a short deadline is as good as a long one. */
  readonly hopeless: boolean;
}

/** Code under test that calls a server over a line. */
export interface Subject {
  readonly name: string;
  /** The server at the other end of the line. */
  readonly asks: keyof Ports;
  /** Runs the code once, and returns the outcome. */
  run(trial: Trial): Promise<string>;
  /** The outcome if an attempt succeeds. */
  readonly well: string;
  /** The outcome if the fault lasts. @param attempts the faults that the core reports */
  failed(attempts: string): string;
  /** The time limit by its own deadlines, in milliseconds. */
  limitMs(hopeless: boolean): number;
}

const patientMs = 20_000;
const hopelessMs = 2_500;

const provider: Subject = {
  name: "provider",
  asks: "service",
  async run({ line, hopeless }) {
    const records: CallRecord[] = [];
    const request = {
      apiKey: sandboxKey("faults"),
      baseUrl: line.url,
      testCall: "always" as const,
      timeoutMs: hopeless ? hopelessMs : patientMs,
      maxAttempts: 2,
    };
    const { verdict } = await probe(request, line.over(undiciHttp), (record) => records.push(record));
    if (verdict.kind === "valid") return verdict.kind;
    const deciding = records.filter(({ path }) => path !== "/user/balance");
    const attempts = deciding.map(({ status, fault }) =>
      [status, fault].filter((part) => part !== undefined).join(" "),
    );
    return `${verdict.kind} (${attempts.join(", ")})`;
  },
  well: "valid",
  failed: (attempts) => `indeterminate (${attempts})`,
  // Two attempts of the list, and two of the test call.
  limitMs: (hopeless) => 4 * (hopeless ? hopelessMs : patientMs),
};

/** The time that the handler reserves for its report, in milliseconds. */
const reserveMs = 5_000;

/** Runs the function once, and returns the connection's verdict and its metrics. */
async function invoke(
  { servers, hopeless }: Trial,
  baseUrl: string,
  more: Pick<Parameters<typeof createHandler>[0], "http" | "closeConnections" | "readSecret">,
): Promise<string> {
  const printed: string[] = [];
  const quiet = () => {};
  const connection = { name: "prod", baseUrl, secretArn: servers.arn, secretField };
  const stored = { value: JSON.stringify({ connections: [connection] }), createdAt: new Date() };
  const handler = createHandler({
    ...more,
    // The faults are in the way of the key's own secret.
    readSecret: async (id) => (id === servers.arn ? more.readSecret(id) : stored),
    environment: monitorEnvironment,
    clock: systemClock,
    print: (line) => printed.push(line),
    log: { info: quiet, warn: quiet, error: quiet },
  });
  const remainingMs = reserveMs + (hopeless ? hopelessMs : 3 * patientMs);
  const { verdicts } = await handler({ shard: "0" }, { getRemainingTimeInMillis: () => remainingMs });
  const verdict = Object.entries(verdicts).find(([, count]) => count > 0)?.[0] ?? "unreadable";
  const gauges = Object.entries(gaugesIn(printed)).map(([name, values]) => `${name.replace(/\{.*/, "")} ${values}`);
  const told = gauges.filter((gauge) => /^(KeyRejected|ServiceFailing|Probed) /.test(gauge));
  return [verdict, ...told].join(", ");
}

const allWell = "valid, KeyRejected 0, ServiceFailing 0, Probed 1";

const lambda: Subject = {
  name: "Lambda",
  asks: "service",
  run: (trial) => {
    const { http, close } = nodeTransport();
    return invoke(trial, trial.line.url, {
      http: trial.line.over(http),
      closeConnections: close,
      readSecret: secretsManager(trial.servers.environment),
    });
  },
  well: allWell,
  failed: () => "indeterminate, ServiceFailing 1, Probed 1",
  limitMs: (hopeless) => (hopeless ? hopelessMs : 3 * patientMs),
};

const secretStore: Subject = {
  name: "Lambda's secret",
  asks: "secrets",
  run: (trial) => {
    const { servers, line } = trial;
    const environment = { ...servers.environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: line.url };
    const readSecret = secretsManager(environment, line.over(nodeHttp));
    // The call's own deadlines must end it, so the function has enough time.
    const given = { ...trial, hopeless: false };
    return invoke(given, `http://127.0.0.1:${servers.plain.service}`, { http: nodeHttp, readSecret });
  },
  well: allWell,
  failed: () => "unreadable, Probed 0",
  // Three attempts of three seconds, the waits between them, and the probe.
  limitMs: () => 15_000,
};

export const subjects: readonly Subject[] = [provider, lambda, secretStore];
