import { isDeepStrictEqual } from "node:util";
import { type Call, routes } from "../../provider/deepseek/endpoint.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import type { Http } from "../../provider/deepseek/http.ts";
import type { Balance } from "../../provider/deepseek/offer.ts";
import { type ProbeResult, probe, type TestCallUse } from "../../provider/deepseek/probe.ts";
import type { ProbeMemory } from "../../provider/deepseek/probe-memory.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { Verdict } from "../../provider/deepseek/verdict.ts";
import { type Credentials, credentialsIn, ownCredentials } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import { SecretUnreadableError } from "./secret-problems.ts";
import type { ReadSecret, SecretCache } from "./secrets.ts";
import type { MonitoredConnection, ShardSecret, StoredShard } from "./shard-secret.ts";

/** A connection as results, gauges and logs know it: without its key. */
type Subject = Pick<MonitoredConnection, "name" | "baseUrl">;

/** What a run learned about one connection. */
export type Result = Probed | Unreadable;

export interface Probed {
  readonly type: "probed";
  readonly connection: Subject;
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
  readonly connection: Subject;
  /** ARN or name of the secret that could not be read or has no usable key. */
  readonly secret: string;
  readonly error: SecretUnreadableError;
}

/** What a probe needs besides the connection. */
export interface Means {
  readonly http: Http;
  readonly secrets: SecretCache;
  readonly shard: ShardSecret;
  readonly testCall: Exclude<TestCallUse, "ifNeeded">;
  readonly clock: Clock;
  /** What earlier runs of this process learned about services. */
  readonly memory: ProbeMemory;
}

/**
 * Probes all connections of a shard at the same time and before the deadline. A probe that does not finish gets a result that says
 * so. A probe makes at most three calls at once, so 50 connections stay far below Lambda's limit of 1,024 file descriptors.
 */
export function probeShard(
  { connections, storedAt }: StoredShard,
  means: Means,
  deadline: Deadline,
): Promise<Result[]> {
  return Promise.all(
    connections.map((connection) =>
      deadline.within(probeConnection({ connection, storedAt }, means), () => unfinished(connection)),
    ),
  );
}

function unfinished(connection: MonitoredConnection): Probed {
  const { host } = new URL(connection.baseUrl);
  return {
    type: "probed",
    connection: subjectOf(connection),
    verdict: {
      kind: "indeterminate",
      code: "probe-unfinished",
      cause: `The probe of ${host} did not finish within the run's time limit.`,
      nextStep:
        "Nothing is known about the key: check the status of the service and of AWS Secrets Manager, one of which is slow.",
    },
    provesKey: false,
    balances: [],
    ...(connection.apiKey !== undefined && { keyFingerprint: keyFingerprint(connection.apiKey.trim()) }),
    attempts: 0,
  };
}

function subjectOf({ name, baseUrl }: MonitoredConnection): Subject {
  return { name, baseUrl };
}

/** Absolute deadline of one attempt, in milliseconds. DeepSeek answers the test call in one or two seconds. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** A single failure is not reported: the call is retried at once. */
const MAX_ATTEMPTS = 2;

/** A connection, and when the shard's secret with it was stored. */
interface Stored {
  readonly connection: MonitoredConnection;
  readonly storedAt: Date;
}

/**
 * Probes one connection. If the key, the model or the address is refused, reads the connection again, and probes again if it has
 * changed: it may have been replaced since it was read.
 */
async function probeConnection(stored: Stored, means: Means): Promise<Result> {
  const { connection } = stored;
  try {
    const first = await keyOf(stored, (arn) => means.secrets.get(arn));
    const result = await probeWith(first, connection, means);
    const { kind } = result.verdict;
    if (kind !== "invalid" && kind !== "misconfigured") return result;
    const { connections, storedAt } = await means.shard.current();
    const current = connections.find(({ name }) => name === connection.name);
    if (current === undefined) return result;
    const second = await keyOf({ connection: current, storedAt }, (arn) => means.secrets.reread(arn));
    const isSame = isDeepStrictEqual([current, second.credentials], [connection, first.credentials]);
    return isSame ? result : await probeWith(second, current, means);
  } catch (error) {
    return {
      type: "unreadable",
      connection: subjectOf(connection),
      secret: connection.secretArn ?? means.shard.name,
      error: error instanceof SecretUnreadableError ? error : unexpected(error),
    };
  }
}

/** A key, and when the secret with it was stored. */
interface Key {
  readonly credentials: Credentials;
  readonly storedAt: Date;
}

async function keyOf({ connection, storedAt }: Stored, read: ReadSecret): Promise<Key> {
  const { apiKey, headers, secretArn, secretField } = connection;
  if (apiKey !== undefined) return { credentials: ownCredentials(apiKey, headers), storedAt };
  // A connection has either a key or the ARN of a secret with it.
  const { value, createdAt } = await read(secretArn as string);
  return { credentials: credentialsIn(value, secretField), storedAt: createdAt };
}

/** Reports a bug of our own without stopping the other probes. The error's message can contain anything, so it is left out. */
export function unexpected(error: unknown): SecretUnreadableError {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return SecretUnreadableError.of("probe-broke-off", { error: name });
}

async function probeWith(
  { credentials, storedAt }: Key,
  connection: MonitoredConnection,
  means: Means,
): Promise<Probed> {
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
    connection: subjectOf(connection),
    verdict: result.verdict,
    provesKey: result.provesKey,
    balances: result.findings?.balances ?? [],
    keyFingerprint: keyFingerprint(credentials.apiKey),
    keyCreatedAt: connection.keyCreatedAt === undefined ? storedAt : new Date(connection.keyCreatedAt),
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
