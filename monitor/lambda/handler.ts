import { printed } from "../../provider/core/message-text.ts";
import { readBody } from "../../provider/deepseek/body.ts";
import { faultOf, type Http, withDeadline } from "../../provider/deepseek/http.ts";
import { ProbeMemory } from "../../provider/deepseek/probe-memory.ts";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import type { Learnable } from "../metrics.ts";
import { shardSecretName } from "../names.ts";
import { Deadline } from "./deadline.ts";
import { type FunctionSettings, type MonitorEvent, readEnvironment, readEvent } from "./invocation.ts";
import { explained } from "./key-findings.ts";
import { learnableByName } from "./learnable.ts";
import {
  type Log,
  logHeartbeat,
  logRun,
  logTopic,
  logUnhealthy,
  logUnreadable,
  logUnreadableShard,
  type RunFields,
} from "./log.ts";
import { emfDocument, measurementsOf } from "./measurements.ts";
import { SecretUnreadableError } from "./secret-problems.ts";
import { patiently, type ReadSecret, SecretCache } from "./secrets.ts";
import { type Means, probeShard, type Result, unexpected } from "./shard-probe.ts";
import { ShardSecret, type StoredShard } from "./shard-secret.ts";
import type { TopicReading } from "./topic-problems.ts";
import { type ReadTopic, TopicWatch } from "./topics.ts";

/** Everything that the handler gets from outside, so that a rehearsal can replace the clock, the service and the secrets. */
export interface Dependencies {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  /** Called at the end of each run: what `http` keeps open would be dead after Lambda froze the function. */
  readonly closeConnections?: () => void;
  readonly readSecret: ReadSecret;
  /** Absent: the subscriptions of the monitor's topics are not counted. */
  readonly readTopic?: ReadTopic;
  /** Gives the age of cached secrets and of keys, the time of measurements, and the pauses before a call is retried. */
  readonly clock: Clock;
  /** Prints one document in CloudWatch's embedded metric format. */
  readonly print: (line: string) => void;
  readonly log: Log;
}

/** The part of Lambda's context that the handler uses. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
  readonly awsRequestId?: string;
}

/** The result of a run. */
export interface RunSummary {
  readonly shard: string;
  /** How many connections the shard's secret contains; 0 if it cannot be read. */
  readonly expected: number;
  readonly probed: number;
  /** Present if the shard's secret cannot be read: the code of the message in the log. */
  readonly problem?: string;
  readonly verdicts: Readonly<Record<VerdictKind, number>>;
  /** In a smoke invocation: what runs can learn about each connection, by its name. */
  readonly learnable?: Readonly<Record<string, Learnable>>;
  /** Present if a deployment asked for them: the subscriptions of the monitor's topics. Then nothing was probed. */
  readonly topics?: readonly TopicReading[];
}

export type Handler = (event: unknown, context: InvocationContext) => Promise<RunSummary>;

/** Only the runs of this shard count the subscriptions of the monitor's topics. */
const SHARD_OF_TOPICS = "0";

/** Time at the end of an invocation that is reserved for reporting and the heartbeat, in milliseconds. */
const RESERVE_MS = 5_000;

/**
 * Creates the function that a schedule invokes. A run reports what it finds and returns. It throws only if the event or the
 * environment is invalid or, in a smoke invocation, if a key cannot be read. Running twice does no harm.
 */
export function createHandler(dependencies: Dependencies): Handler {
  const { http, readSecret, clock } = dependencies;
  const secrets = new SecretCache(readSecret, clock);
  const watch = new TopicWatch(dependencies.readTopic);
  let memory = new ProbeMemory();
  return async (given, context) => {
    const settings = readEnvironment(dependencies.environment);
    const event = readEvent(given, settings.MONITOR_SHARDS);
    const at = clock.now();
    const started = performance.now();
    const deadline = new Deadline(context.getRemainingTimeInMillis() - RESERVE_MS);
    memory = new ProbeMemory(memory);
    const { MONITOR_TOPICS: topics = [] } = settings;
    try {
      if (event.topics) return { ...summarize(event, []), topics: await watch.refresh(topics, deadline, at, true) };
      // At the same time as the probes. A smoke invocation may be earlier than the subscriptions.
      const isWatching = event.shard === SHARD_OF_TOPICS && !event.smoke;
      const topicReadings = isWatching ? watch.refresh(topics, deadline, at) : Promise.resolve([]);
      const cache = event.smoke ? new SecretCache(patiently(readSecret, deadline), clock) : secrets;
      const means: Means = {
        http: deadline.limit(http),
        secrets: cache,
        shard: new ShardSecret(shardSecretName(settings.MONITOR_NAME, event.shard), cache),
        testCall: settings.MONITOR_TEST_CALL === "chat" ? "always" : "never",
        clock,
        memory,
      };
      const { awsRequestId: requestId } = context;
      const run = {
        monitor: settings.MONITOR_NAME,
        shard: event.shard,
        ...(requestId !== undefined && { requestId }),
      };
      const report = async (results: readonly Result[]) => {
        for (const reading of await topicReadings) logTopic(dependencies.log, run, reading);
        measure(dependencies, settings, event, results, watch.last, at);
      };
      const shard = await readShard(means.shard, deadline);
      if (shard instanceof SecretUnreadableError) {
        await report([]);
        logUnreadableShard(dependencies.log, run, means.shard.name, shard);
        if (event.smoke) {
          throw new Error(`The monitor cannot read the connections of shard ${event.shard}: ${reasonOf(shard)}`);
        }
        return { ...summarize(event, []), problem: shard.code };
      }
      const results = explained(await probeShard(shard, means, deadline));
      await report(results);
      const summary = summarize(event, results);
      logResults(dependencies.log, run, results);
      const { expected, probed, verdicts } = summary;
      logRun(dependencies.log, run, {
        expected,
        probed,
        verdicts,
        durationMs: Math.round(performance.now() - started),
      });
      if (event.smoke) throwIfUnreadable(results);
      await heartbeat(dependencies, settings, run, summary);
      return event.smoke ? { ...summary, learnable: learnableByName(results, settings) } : summary;
    } finally {
      deadline.clear();
      dependencies.closeConnections?.();
    }
  };
}

/** Returns the shard's connections, or why they cannot be read before the deadline. */
async function readShard(shard: ShardSecret, deadline: Deadline): Promise<StoredShard | SecretUnreadableError> {
  const late = () => SecretUnreadableError.of("secret-not-reached", { fault: "timeout" });
  if (deadline.passed) return late();
  const read = shard.read().catch((error: unknown) => {
    return error instanceof SecretUnreadableError ? error : unexpected(error);
  });
  return deadline.within<StoredShard | SecretUnreadableError>(read, late);
}

function measure(
  { print }: Dependencies,
  settings: FunctionSettings,
  { shard }: MonitorEvent,
  results: readonly Result[],
  readings: readonly TopicReading[],
  at: number,
): void {
  const { MONITOR_NAME: monitor, MONITOR_DETAIL: detail, MONITOR_GAUGES: gauges } = settings;
  const topics = shard === SHARD_OF_TOPICS ? readings : [];
  const lowBalance = settings.MONITOR_LOW_BALANCE ?? {};
  for (const measurement of measurementsOf({ monitor, shard, detail, gauges, lowBalance, results, topics, at })) {
    print(emfDocument(measurement, at));
  }
}

function logResults(log: Log, run: RunFields, results: readonly Result[]): void {
  for (const result of results) {
    if (result.type === "unreadable") logUnreadable(log, run, result);
    else logUnhealthy(log, run, result);
  }
}

function summarize({ shard }: MonitorEvent, results: readonly Result[]): RunSummary {
  const verdicts = { valid: 0, unfunded: 0, invalid: 0, misconfigured: 0, unverified: 0, indeterminate: 0 };
  let probed = 0;
  for (const result of results) {
    if (result.type === "unreadable") continue;
    probed++;
    verdicts[result.verdict.kind]++;
  }
  return { shard, expected: results.length, probed, verdicts };
}

/** Fails the deployment if the function cannot read its keys. A key that DeepSeek rejects does not fail it. */
function throwIfUnreadable(results: readonly Result[]): void {
  const all = results.filter((result) => result.type === "unreadable");
  if (all.length === 0) return;
  const reasons = all.slice(0, 5).map(({ connection, error }) => `'${connection.name}': ${reasonOf(error)}`);
  const more = all.length > 5 ? ` And ${all.length - 5} more.` : "";
  throw new Error(`The monitor cannot read the key of ${reasons.join(" ")}${more}`);
}

function reasonOf({ code, message }: SecretUnreadableError): string {
  return printed({ code, text: message });
}

async function heartbeat(
  { http, log }: Dependencies,
  { MONITOR_HEARTBEAT_URL: url }: FunctionSettings,
  run: RunFields,
  { expected, probed }: RunSummary,
): Promise<void> {
  if (url === undefined || probed < expected) return;
  const problem = await pingHeartbeat(url, http);
  if (problem !== undefined) logHeartbeat(log, run, new URL(url).host, problem);
}

/** Timeout of the heartbeat, in milliseconds: it runs in the time that is reserved after a run. */
const TIMEOUT_MS = 3_000;

/** Reports a complete run to an outside watcher. Resolves to what went wrong, or to `undefined`. */
async function pingHeartbeat(url: string, http: Http): Promise<string | undefined> {
  try {
    return await withDeadline(TIMEOUT_MS, async ({ signal }) => {
      const response = await http({ method: "GET", url, headers: {}, signal });
      await readBody(response);
      return response.status >= 200 && response.status < 300 ? undefined : `answered HTTP ${response.status}`;
    });
  } catch (error) {
    return `could not be reached (${faultOf(error)})`;
  }
}
