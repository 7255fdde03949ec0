import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import { type Call, routes } from "../../provider/deepseek/endpoint.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import type { Http } from "../../provider/deepseek/http.ts";
import type { Balance } from "../../provider/deepseek/offer.ts";
import { type ProbeResult, probe, type TestCallUse } from "../../provider/deepseek/probe.ts";
import type { ProbeMemory } from "../../provider/deepseek/probe-memory.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { Verdict } from "../../provider/deepseek/verdict.ts";
import type { Deadline } from "./deadline.ts";
import type { MonitoredConnection } from "./invocation.ts";
import { credentialsIn, type Secret, type SecretCache, SecretUnreadableError } from "./secrets.ts";

/** What a run learned about one connection. */
export type Result = Probed | Unreadable;

export interface Probed {
  readonly type: "probed";
  readonly connection: MonitoredConnection;
  readonly verdict: Verdict;
  /** Whether this probe proved that the service accepts the key. */
  readonly provesKey: boolean;
  /** Empty if the service does not report a balance. */
  readonly balances: readonly Balance[];
  /** Absent if the key was not read in time. */
  readonly keyFingerprint?: string;
  readonly keyCreatedAt?: Date;
  /** How many attempts the deciding call took. */
  readonly attempts: number;
  /** Duration of its last attempt, in milliseconds. */
  readonly latencyMs?: number;
  /** DeepSeek's `x-ds-trace-id` of its last attempt. */
  readonly traceId?: string;
}

/** The key could not be read, so no calls were made. */
export interface Unreadable {
  readonly type: "unreadable";
  readonly connection: MonitoredConnection;
  readonly error: SecretUnreadableError;
}

/** What a probe needs besides the connection. */
export interface Means {
  readonly http: Http;
  readonly secrets: SecretCache;
  readonly testCall: Exclude<TestCallUse, "ifNeeded">;
  readonly clock: Clock;
  /** What earlier runs of this process learned about services. */
  readonly memory: ProbeMemory;
}

/**
 * How many connections are probed at the same time. A probe makes at most three calls at once, and the client has at most
 * 128 requests in flight, far below Lambda's limit of 1,024 file descriptors.
 */
const AT_ONCE = 50;

/** Probes all connections of a shard before the deadline. A probe that does not finish gets a result that says so. */
export function probeShard(
  connections: readonly MonitoredConnection[],
  means: Means,
  deadline: Deadline,
): Promise<Result[]> {
  const atOnce = pLimit(AT_ONCE);
  return Promise.all(
    connections.map((connection) => {
      const work = atOnce(async () => (deadline.passed ? unfinished(connection) : probeConnection(connection, means)));
      return deadline.within<Result>(work, () => unfinished(connection));
    }),
  );
}

/** If this many different keys are rejected at once, a fault of the service is more likely than that all were revoked. */
const MANY_KEYS = 3;

/**
 * Doubts rejections that look like a fault of the endpoint: if a run probed three or more different keys of an endpoint and all
 * of them were rejected, nothing is known about the keys. During outages, DeepSeek has answered 401 to valid keys.
 */
export function doubtRejections(results: readonly Result[]): readonly Result[] {
  const probed = results.filter((result) => result.type === "probed");
  const ofEndpoint = Map.groupBy(probed, ({ connection }) => connection.baseUrl);
  const doubtful = new Set([...ofEndpoint.values()].filter(rejectsAll).flat());
  return results.map((result) => (result.type === "probed" && doubtful.has(result) ? doubted(result) : result));
}

function unfinished(connection: MonitoredConnection): Probed {
  const { host } = new URL(connection.baseUrl);
  return {
    type: "probed",
    connection,
    verdict: {
      kind: "indeterminate",
      code: "probe-unfinished",
      cause: `The probe of ${host} did not finish within the run's time limit.`,
      nextStep:
        "Nothing is known about the key: check the status of the service and of AWS Secrets Manager, one of which is slow.",
    },
    provesKey: false,
    balances: [],
    attempts: 0,
  };
}

/** Absolute deadline of one attempt, in milliseconds. DeepSeek answers the test call in one or two seconds. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** A single failure is not reported: the call is retried at once. */
const MAX_ATTEMPTS = 2;

/** Probes one connection. If the key is rejected, reads the secret again, and probes again if the key has changed. */
async function probeConnection(connection: MonitoredConnection, means: Means): Promise<Result> {
  try {
    const first = await means.secrets.get(connection.secretArn);
    const result = await probeWith(first, connection, means);
    if (result.verdict.kind !== "invalid") return result;
    // The key may have been rotated since it was read, and the old one revoked.
    const second = await means.secrets.reread(connection.secretArn);
    const isSame = isDeepStrictEqual(
      credentialsIn(second.value, connection.secretField),
      credentialsIn(first.value, connection.secretField),
    );
    return isSame ? result : await probeWith(second, connection, means);
  } catch (error) {
    return {
      type: "unreadable",
      connection,
      error: error instanceof SecretUnreadableError ? error : unexpected(error),
    };
  }
}

/** Reports a bug of our own without stopping the other probes. The error's message can contain anything, so it is left out. */
function unexpected(error: unknown): SecretUnreadableError {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return SecretUnreadableError.of("probe-broke-off", { error: name });
}

async function probeWith(secret: Secret, connection: MonitoredConnection, means: Means): Promise<Probed> {
  const credentials = credentialsIn(secret.value, connection.secretField);
  const records: CallRecord[] = [];
  const request = {
    ...credentials,
    baseUrl: connection.baseUrl,
    ...(connection.model !== undefined && { defaultModel: connection.model }),
    testCall: means.testCall,
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    maxAttempts: MAX_ATTEMPTS,
  };
  const result = await probe(request, means.http, (record) => records.push(record), means.clock, means.memory);
  return {
    type: "probed",
    connection,
    verdict: result.verdict,
    provesKey: result.provesKey,
    balances: result.findings?.balances ?? [],
    keyFingerprint: keyFingerprint(credentials.apiKey),
    keyCreatedAt: connection.keyCreatedAt === undefined ? secret.createdAt : new Date(connection.keyCreatedAt),
    ...decidingCall(result, means.testCall, records),
  };
}

/** Returns the attempts of the call that decided the verdict, and details of the last one. */
function decidingCall({ verdict }: ProbeResult, testCall: TestCallUse, records: readonly CallRecord[]) {
  const usual: Call = testCall === "always" ? "chat" : "models";
  const call = verdict.kind === "valid" ? usual : verdict.call;
  const attempts = records.filter(
    ({ path, withoutKey }) => call !== undefined && path === routes[call].path && !withoutKey,
  );
  const last = attempts.at(-1);
  return {
    attempts: attempts.length,
    ...(last !== undefined && { latencyMs: last.milliseconds }),
    ...(last?.traceId !== undefined && { traceId: last.traceId }),
  };
}

function rejectsAll(probed: readonly Probed[]): boolean {
  const keys = new Set(probed.map(({ keyFingerprint }) => keyFingerprint));
  return keys.size >= MANY_KEYS && probed.every(({ verdict }) => verdict.kind === "invalid");
}

function doubted(result: Probed): Probed {
  const { host } = new URL(result.connection.baseUrl);
  return {
    ...result,
    verdict: {
      ...result.verdict,
      kind: "indeterminate",
      code: "all-keys-rejected",
      cause: `${host} rejected every API key in this run (HTTP 401).`,
      nextStep:
        "Nothing is known about the keys: do not change them yet. If three or more are rejected at once, " +
        "the service is usually at fault. " +
        "If all of them were revoked, replace them.",
    },
  };
}
