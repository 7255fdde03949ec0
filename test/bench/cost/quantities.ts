import type { gaugesRead } from "../../../monitor/alarms/catalog.ts";
import type { effectiveAlarms } from "../../../monitor/alarms/plan.ts";
import type { Detail, dimensionsOf, MetricName, metricNames, metrics, Scope } from "../../../monitor/metrics.ts";
import type { planShards } from "../../../monitor/shards.ts";
import type { PriceName } from "./prices.ts";

/**
 * The monitor's own lists, from which the quantities are calculated. They are parameters, since a benchmark reads them from
 * the build and a test from the sources.
 */
export interface Lists {
  readonly effectiveAlarms: typeof effectiveAlarms;
  readonly gaugesRead: typeof gaugesRead;
  readonly dimensionsOf: typeof dimensionsOf;
  readonly metricNames: typeof metricNames;
  readonly metrics: typeof metrics;
  readonly planShards: typeof planShards;
}

export interface Plan {
  readonly connections: number;
  readonly detail: Detail;
  readonly dashboard: boolean;
  readonly intervalMinutes: number;
  /** The bytes and events that a run of a shard with this number of connections writes into its log group. */
  readonly logOfRun: (connections: number) => LogVolume;
}

export interface LogVolume {
  readonly bytes: number;
  readonly events: number;
}

/** Hours of an average month, as in AWS's calculators. */
const HOURS = 730;

/** Assumptions for what cannot be calculated, each with its reason. Durations are in seconds, sizes in bytes. */
const assumptions = {
  /** All connections use DeepSeek's own base URL. */
  endpoints: 1,
  /** A DeepSeek account has one currency. */
  currencies: 1,
  memoryGb: 0.25,
  /** The list of models and the balance in parallel, then the test call: DeepSeek answers each in 0.5 to 1 s. */
  secondsOfRun: 1.5,
  /** 256 MB include a seventh of a processor; three calls with a TLS handshake each take about 5 ms of a whole one. */
  secondsOfConnection: 0.035,
  /** How long the function caches a secret: `LIFETIME_MS` in monitor/lambda/cache.ts. */
  minutesOfSecret: 5,
  /** START, END and REPORT, which Lambda writes for each run. */
  platformLog: { bytes: 300, events: 3 },
  /** CloudWatch Logs adds this to the text of each event. */
  bytesOfEvent: 26,
  /** Three TLS handshakes with a post-quantum key share (about 2 kB each), three requests and the acknowledgements. */
  bytesOutOfProbe: 8_000,
  /** "ping" as DeepSeek counts it, and one token of output. */
  inputTokens: 9,
  outputTokens: 1,
  /** Each alarm fires and clears once a month, and one person receives an email for both. */
  messagesOfAlarm: 2,
  /** A message to an encrypted topic generates one data key and decrypts one. */
  kmsRequestsOfMessage: 2,
  /** One run in a thousand ends in the dead-letter queue. */
  lostRuns: 0.001,
} as const;

/** An item of the bill. */
export interface Item {
  readonly label: string;
  readonly price: PriceName;
  readonly units: number;
}

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor"];

/** Returns the monthly quantities of a monitor with the default alarms. */
export function quantitiesOf(plan: Plan, lists: Lists): readonly Item[] {
  const { connections, intervalMinutes } = plan;
  const shards = lists.planShards(Array.from({ length: connections }));
  const runs = (HOURS * 60) / intervalMinutes;
  const series = (name: MetricName) => seriesOf(name, plan, shards.length, lists);
  const sum = (names: readonly MetricName[]) => names.reduce((total, name) => total + series(name), 0);

  const alarms = scopes.flatMap((scope) => lists.effectiveAlarms(scope, {}, intervalMinutes));
  const alarmCount = alarms.reduce((total, { metric }) => total + series(metric), 0);
  const alarmMetrics = alarms.reduce((total, { metric, statistic }) => {
    // Maximum − Minimum reads two.
    return total + series(metric) * (statistic === "Range" ? 2 : 1);
  }, 0);

  const read = lists.gaugesRead({}, false);
  const drawn = plan.dashboard ? lists.gaugesRead({}, true).filter((name) => !read.includes(name)) : [];
  const written = lists.metricNames.filter((name) => !lists.metrics[name].optional || read.includes(name));

  const logBytes = shards.reduce((total, shard) => {
    const { bytes, events } = plan.logOfRun(shard.connections.length);
    const { platformLog, bytesOfEvent } = assumptions;
    return total + bytes + platformLog.bytes + (events + platformLog.events) * bytesOfEvent;
  }, 0);
  const seconds = shards.reduce((total, shard) => {
    return total + assumptions.secondsOfRun + assumptions.secondsOfConnection * shard.connections.length;
  }, 0);
  const secrets = shards.length;
  const secretReads = secrets * runs * readsOfRun(shards.length, intervalMinutes);
  const messages = alarmCount * assumptions.messagesOfAlarm;
  const probes = connections * runs;
  const logGb = (logBytes * runs) / 1e9;

  return [
    { label: "alarms", price: "alarmMetric", units: alarmMetrics },
    { label: "gauges", price: "customMetric", units: sum(written) },
    { label: "secrets", price: "secret", units: secrets },
    { label: "reading the secrets", price: "secretRead", units: secretReads },
    { label: "log, written", price: "logIngestion", units: logGb },
    { label: "log, kept for a month", price: "logStorage", units: logGb },
    { label: "function, invocations", price: "lambdaRequest", units: shards.length * runs },
    { label: "function, GB-seconds", price: "lambdaGbSecond", units: seconds * runs * assumptions.memoryGb },
    { label: "schedule", price: "schedulerInvocation", units: shards.length * runs },
    { label: "outbound traffic", price: "internetGb", units: (probes * assumptions.bytesOutOfProbe) / 1e9 },
    { label: "the topic's KMS key", price: "kmsKey", units: 1 },
    {
      label: "KMS requests",
      price: "kmsRequest",
      units: secretReads + messages * assumptions.kmsRequestsOfMessage,
    },
    { label: "SNS messages", price: "snsPublish", units: messages },
    { label: "SNS emails", price: "snsEmail", units: messages },
    { label: "dead-letter queue", price: "sqsRequest", units: shards.length * runs * assumptions.lostRuns },
    { label: "DeepSeek, input", price: "deepSeekInputToken", units: probes * assumptions.inputTokens },
    { label: "DeepSeek, output", price: "deepSeekOutputToken", units: probes * assumptions.outputTokens },
    ...(plan.dashboard
      ? ([
          { label: DASHBOARD, price: "dashboard", units: 1 },
          { label: DRAWN, price: "customMetric", units: sum(drawn) },
        ] as const)
      : []),
  ];
}

export const DASHBOARD = "dashboard";
export const DRAWN = "gauges read only by the dashboard";

/** CloudWatch counts one metric for each combination of dimension values. */
function seriesOf(name: MetricName, { connections, detail }: Plan, shards: number, lists: Lists): number {
  const counts = {
    Monitor: 1,
    Connection: connections,
    Shard: shards,
    Endpoint: assumptions.endpoints,
    Currency: assumptions.currencies,
    // By default, one topic receives all alerts, and it has no alarms.
    Topic: 0,
    TopicName: 0,
  };
  return lists.dimensionsOf(name, detail).reduce((total, dimension) => total * counts[dimension], 1);
}

/** The runs of CloudWatch Synthetics canaries at the same rate, with one canary for each connection. */
export function canaryRuns({ connections, intervalMinutes }: Plan): number {
  return (connections * HOURS * 60) / intervalMinutes;
}

/**
 * How often a run reads a secret. Shards run in parallel, so there are as many copies of the function as shards, each with
 * its own cache. Lambda may use any copy for a run: the more copies, the less often a copy has the shard's secret cached.
 */
function readsOfRun(copies: number, intervalMinutes: number): number {
  const runsOfSecret = Math.max(1, assumptions.minutesOfSecret / intervalMinutes);
  return copies / (runsOfSecret - 1 + copies);
}
