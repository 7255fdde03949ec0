import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import type { SecretUnreadableError } from "./secret-problems.ts";
import type { Probed, Unreadable } from "./shard-probe.ts";
import { problemsOf, type TopicReading } from "./topic-problems.ts";

/** The log, by level. */
export type Log = Readonly<Record<"info" | "warn" | "error", (message: string, fields: Fields) => void>>;

/** The fields that a log line can have besides its message. None contains a key, a prompt or a reply. */
interface Fields {
  readonly monitor: string;
  readonly shard: string;
  readonly requestId?: string;
  readonly connection?: string;
  readonly endpoint?: string;
  readonly verdict?: VerdictKind;
  readonly cause?: string;
  readonly nextStep?: string;
  readonly call?: string;
  readonly httpStatus?: number;
  readonly traceId?: string;
  readonly latencyMs?: number;
  readonly attempts?: number;
  /** First 12 hex digits of a hash of the key; see `keyFingerprint`. */
  readonly keyFingerprint?: string;
  /** The code of the message in `cause`. */
  readonly code?: string;
  /** ARN or name of a secret that cannot be read. */
  readonly secret?: string;
  readonly reason?: string;
  readonly expected?: number;
  readonly probed?: number;
  readonly verdicts?: Readonly<Record<VerdictKind, number>>;
  readonly durationMs?: number;
  /** Severities of a topic, such as `page`. */
  readonly topic?: string;
  readonly confirmed?: number;
  readonly pending?: number;
}

/** Creates a log that prints each entry as one line of JSON, whose fields CloudWatch Logs Insights finds by name. */
export function jsonLog(print: (line: string) => void): Log {
  const at = (level: "INFO" | "WARN" | "ERROR") => (message: string, fields: Fields) => {
    print(
      JSON.stringify({ level, message, timestamp: new Date().toISOString(), service: "deepseek-monitor", ...fields }),
    );
  };
  return { info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}

/** The fields that identify a run. */
export type RunFields = Required<Pick<Fields, "monitor" | "shard">> & Pick<Fields, "requestId">;

export function logUnhealthy(log: Log, run: RunFields, result: Probed): void {
  const { connection, verdict, attempts, latencyMs, traceId, keyFingerprint } = result;
  if (verdict.kind === "valid") return;
  const fields: Fields = {
    ...run,
    connection: connection.name,
    endpoint: connection.baseUrl,
    verdict: verdict.kind,
    code: verdict.code,
    cause: verdict.cause,
    nextStep: verdict.nextStep,
    attempts,
    ...(verdict.call !== undefined && { call: verdict.call }),
    ...(verdict.httpStatus !== undefined && { httpStatus: verdict.httpStatus }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traceId !== undefined && { traceId }),
    ...(keyFingerprint !== undefined && { keyFingerprint }),
  };
  log.warn(`Connection '${connection.name}' has the verdict '${verdict.kind}'.`, fields);
}

export function logUnreadable(log: Log, run: RunFields, { connection, secret, error }: Unreadable): void {
  const { name } = connection;
  const { code, reason, message: cause } = error;
  const fields: Fields = { ...run, connection: name, secret, code, reason, cause };
  log.error(`Connection '${name}' was not probed because its key cannot be read.`, fields);
}

/** @param secret the name of the shard's secret */
export function logUnreadableShard(log: Log, run: RunFields, secret: string, error: SecretUnreadableError): void {
  const { code, reason, message: cause } = error;
  const fields: Fields = { ...run, secret, code, reason, cause };
  log.error(`No connection of shard ${run.shard} was probed because its secret cannot be read.`, fields);
}

export function logRun(
  log: Log,
  run: RunFields,
  counts: Required<Pick<Fields, "expected" | "probed" | "verdicts" | "durationMs">>,
): void {
  const fields: Fields = { ...run, ...counts };
  log.info(`Probed ${counts.probed} of ${counts.expected} connections.`, fields);
}

export function logTopic(log: Log, run: RunFields, reading: TopicReading): void {
  for (const { code, text, remedy } of problemsOf(reading)) {
    log.warn(text, { ...run, ...reading, code, cause: text, nextStep: remedy });
  }
}

/** @param host the host of the heartbeat's URL, without the path, which is secret */
export function logHeartbeat(log: Log, run: RunFields, host: string, problem: string): void {
  log.warn(`The heartbeat at ${host} ${problem}.`, run);
}
