import { createHandler } from "../../monitor/lambda/handler.ts";
import { secretsManager } from "../../monitor/lambda/secrets.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import { systemClock } from "../../provider/deepseek/retry.ts";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { gaugesIn } from "../support/embedded-metrics.ts";
import { monitorEnvironment } from "../support/monitor-environment.ts";
import type { Line } from "./faulty-line.ts";
import { type Ports, type Servers, secretField } from "./servers.ts";

/** What a subject is put to. */
interface Trial {
  readonly servers: Servers;
  readonly line: Pick<Line, "url" | "over">;
  /** Nothing comes and nothing will: a short deadline shows what a long one would. */
  readonly hopeless: boolean;
}

/** Code of ours that asks a server over a line. */
export interface Subject {
  readonly name: string;
  /** The server at the line's other end. */
  readonly asks: keyof Ports;
  /** Runs it once, and tells what came of it. */
  run(trial: Trial): Promise<string>;
  /** What comes of it when all is well in the end. */
  readonly well: string;
  /** What comes of it when the fault lasts, and the core calls its attempts so. */
  failed(attempts: string): string;
  /** The time in which it must be over, in milliseconds, by its own rules. */
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
      testCall: true,
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

/** What Lambda keeps of an invocation's time, in milliseconds. */
const reserveMs = 5_000;

/** Runs the function once, and tells the connection's verdict and what is measured of it. */
async function invoke(
  { servers, hopeless }: Trial,
  baseUrl: string,
  more: Pick<Parameters<typeof createHandler>[0], "http" | "readSecret">,
): Promise<string> {
  const printed: string[] = [];
  const quiet = () => {};
  const handler = createHandler({
    environment: monitorEnvironment,
    clock: systemClock,
    print: (line) => printed.push(line),
    log: { info: quiet, warn: quiet, error: quiet },
    ...more,
  });
  const connection = { name: "prod", baseUrl, secretArn: servers.arn, secretField };
  const remainingMs = reserveMs + (hopeless ? hopelessMs : 3 * patientMs);
  const { verdicts } = await handler(
    { shard: "0", connections: [connection] },
    { getRemainingTimeInMillis: () => remainingMs },
  );
  const verdict = Object.entries(verdicts).find(([, count]) => count > 0)?.[0] ?? "unreadable";
  const gauges = Object.entries(gaugesIn(printed)).map(([name, values]) => `${name.replace(/\{.*/, "")} ${values}`);
  const told = gauges.filter((gauge) => /^(KeyRejected|ServiceFailing|Probed) /.test(gauge));
  return [verdict, ...told].join(", ");
}

const allWell = "valid, KeyRejected 0, ServiceFailing 0, Probed 1";

const lambda: Subject = {
  name: "Lambda",
  asks: "service",
  run: (trial) =>
    invoke(trial, trial.line.url, {
      http: trial.line.over(nodeHttp),
      readSecret: secretsManager(trial.servers.environment),
    }),
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
    // Its own deadlines are to end it, so the function has time.
    const given = { ...trial, hopeless: false };
    return invoke(given, `http://127.0.0.1:${servers.plain.service}`, { http: nodeHttp, readSecret });
  },
  well: allWell,
  failed: () => "unreadable, Probed 0",
  // Three attempts of three seconds, the waits between them, and the probe.
  limitMs: () => 15_000,
};

export const subjects: readonly Subject[] = [provider, lambda, secretStore];
