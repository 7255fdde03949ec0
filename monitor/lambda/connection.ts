import { type Call, routes } from "../../provider/deepseek/endpoint.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import { type ProbeResult, probe } from "../../provider/deepseek/probe.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { Http } from "../../provider/deepseek/transport.ts";
import type { SecretCache } from "./cache.ts";
import type { MonitoredConnection } from "./event.ts";
import { keyIn } from "./key.ts";
import type { Probed, Result } from "./result.ts";
import { type Secret, SecretUnreadableError } from "./secrets.ts";

/** Absolute deadline of one attempt, in milliseconds. DeepSeek answers the test call in one or two seconds. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** A single fault is no news: it is tried again at once. */
const MAX_ATTEMPTS = 2;

export interface Means {
  readonly http: Http;
  readonly secrets: SecretCache;
  /** Whether the probe ends with the test call. */
  readonly testCall: boolean;
  /** How the time between two attempts of a call passes; see `Dependencies`. */
  readonly wait: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/** Probes one connection: reads its key, asks, and reads the key again before a rejection is believed. */
export async function probeConnection(connection: MonitoredConnection, means: Means): Promise<Result> {
  try {
    const first = await means.secrets.get(connection.secretArn);
    const result = await probeWith(first, connection, means);
    if (result.verdict.kind !== "invalid") return result;
    // The key may have been rotated since it was read, and the old one revoked, as it should be.
    const second = await means.secrets.reread(connection.secretArn);
    const isSame = keyIn(second.value, connection.secretField) === keyIn(first.value, connection.secretField);
    return isSame ? result : await probeWith(second, connection, means);
  } catch (error) {
    return {
      type: "unreadable",
      connection,
      error: error instanceof SecretUnreadableError ? error : unexpected(error),
    };
  }
}

/** A fault of our own: the other connections go on, and this one is missed. Its message may hold anything. */
function unexpected(error: unknown): SecretUnreadableError {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return new SecretUnreadableError("Unexpected", `the probe broke off with a ${name}; please report it.`);
}

async function probeWith(secret: Secret, connection: MonitoredConnection, means: Means): Promise<Probed> {
  const apiKey = keyIn(secret.value, connection.secretField);
  const records: CallRecord[] = [];
  const request = {
    apiKey,
    baseUrl: connection.baseUrl,
    ...(connection.model !== undefined && { defaultModel: connection.model }),
    testCall: means.testCall,
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    maxAttempts: MAX_ATTEMPTS,
    wait: means.wait,
  };
  const result = await probe(request, means.http, (record) => records.push(record));
  return {
    type: "probed",
    connection,
    verdict: result.verdict,
    balances: result.findings?.balances ?? [],
    keyFingerprint: keyFingerprint(apiKey),
    keyCreatedAt: connection.keyCreatedAt === undefined ? secret.createdAt : new Date(connection.keyCreatedAt),
    ...decidingCall(result, means.testCall, records),
  };
}

/** What the audit trail tells of the call that decided: its last attempt. */
function decidingCall({ verdict }: ProbeResult, testCall: boolean, records: readonly CallRecord[]) {
  const usual: Call = testCall ? "chat" : "models";
  const call = verdict.kind === "valid" ? usual : verdict.call;
  const attempts = call === undefined ? [] : records.filter(({ path }) => path === routes[call].path);
  const last = attempts.at(-1);
  return {
    attempts: attempts.length,
    ...(last !== undefined && { latencyMs: last.milliseconds }),
    ...(last?.traceId !== undefined && { traceId: last.traceId }),
  };
}
