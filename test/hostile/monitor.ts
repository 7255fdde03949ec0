import { createHandler } from "../../monitor/lambda/handler.ts";
import { type MetricName, metrics } from "../../monitor/metrics.ts";
import { nodeTransport } from "../../provider/deepseek/http-node.ts";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import { monitorEnvironment } from "../support/monitor-environment.ts";
import { type Ask, type Asked, impatientClock } from "./asking.ts";

type Line = Readonly<Record<string, unknown>>;

/** The time that the handler reserves for its report, in milliseconds. */
const RESERVE_MS = 5_000;

/** Probes as the monitor does: with the Lambda's handler, and with all log lines and metric documents. */
export const askAsMonitor: Ask = async (subjects, timeoutMs) => {
  const begun = performance.now();
  const lines: Line[] = [];
  const take = (message: unknown, ...extra: readonly unknown[]) =>
    void lines.push(Object.assign({ message: String(message) }, ...extra));
  const connections = subjects.map(({ key, baseUrl }, index) => ({ name: `c${index}`, baseUrl, apiKey: key }));
  const { http, close } = nodeTransport();
  const handler = createHandler({
    environment: { ...monitorEnvironment, MONITOR_GAUGES: optionalGauges.join(",") },
    http,
    closeConnections: close,
    readSecret: async () => ({ value: JSON.stringify({ connections }), createdAt: new Date() }),
    clock: impatientClock,
    print: (line) => void lines.push(JSON.parse(line)),
    log: { info: take, warn: take, error: take },
  });
  const context = { getRemainingTimeInMillis: () => timeoutMs + RESERVE_MS };
  const thrown = await handler({ shard: "0" }, context).then(
    () => undefined,
    (error) => String(error),
  );
  const milliseconds = performance.now() - begun;
  return connections.map(({ name, baseUrl, apiKey }): Asked => {
    const ofThis = lines.filter((line) => [line["connection"], line["Connection"]].includes(name));
    const shown = [...ofThis, ...lines.filter((line) => line["Endpoint"] === baseUrl)];
    return { key: apiKey, baseUrl, kind: kindOf(ofThis, thrown), shown, milliseconds };
  });
};

const optionalGauges = (Object.keys(metrics) as MetricName[]).filter((name) => metrics[name].optional);

/** A probe that throws is reported as a key that cannot be read. */
function kindOf(lines: readonly Line[], thrown: string | undefined): Asked["kind"] {
  if (thrown !== undefined || lines.some((line) => line["reason"] === "Unexpected")) return "crash";
  return lines.map((line) => line["verdict"] as VerdictKind | undefined).find((kind) => kind !== undefined) ?? "valid";
}
