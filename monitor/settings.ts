import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { withChosenModel } from "../provider/core/chosen-models.ts";
import { printed } from "../provider/core/message-text.ts";
import {
  describeIssues,
  describePath,
  headerValuesIn,
  misplacedSecrets,
  type Path,
  type Problem,
  placedAt,
  problem,
} from "../provider/core/problems.ts";
import { KnownSecrets } from "../provider/deepseek/redact.ts";
import { alarmDefinitions, alarmKinds, isEnabled, isPossible } from "./alarms/catalog.ts";
import { monthlyCost } from "./alarms/detail-cost.ts";
import { message } from "./argument-messages.ts";
import {
  type AlarmArgs,
  type AlarmsArgs,
  type BalanceAlarmArgs,
  Currency,
  type DeepSeekMonitorArgs,
  type TestCall,
} from "./arguments.ts";
import { Detail, MAX_SINGLE_CONNECTIONS } from "./metrics.ts";
import { CONNECTION_NAME } from "./names.ts";
import {
  alarmsSchema,
  allowedBaseUrl,
  argumentsSchema,
  connectionFields,
  type Deferred,
  inputSchemas,
  isDeferred,
  notifyFields,
  type ParsedArguments,
  vpcFields,
} from "./schema.ts";
import { SHARD_SIZE } from "./shards.ts";

/** Extra request headers by name. */
export type Headers = Readonly<Record<string, string>>;

/** A connection as the monitor uses it. Its outputs are checked as soon as they are known. */
export interface ConnectionSettings {
  readonly name: string;
  readonly apiKey: pulumi.Output<string> | undefined;
  readonly secretArn: pulumi.Output<string> | undefined;
  readonly secretField: string | undefined;
  readonly baseUrl: pulumi.Output<string>;
  /** Absent if it is known that there are none. A secret. */
  readonly headers: pulumi.Output<Headers | undefined> | undefined;
  readonly allowInsecureHttp: pulumi.Output<boolean>;
  readonly model: pulumi.Output<string | undefined>;
  /**
   * The model for alerts: absent if the service's list decides. Otherwise each preview of a rotation, which does not know that model,
   * would show changes of alarms.
   */
  readonly setModel: pulumi.Output<string | undefined> | undefined;
  readonly displayName: pulumi.Output<string>;
  readonly keyCreatedAt: pulumi.Output<string | undefined>;
}

/** The VPC in which the function runs. */
export interface VpcSettings {
  readonly subnetIds: pulumi.Output<string[]>;
  readonly securityGroupIds: pulumi.Output<string[]>;
}

/** A monitor's arguments as it uses them: checked, normalized and with defaults. */
export interface MonitorSettings {
  readonly connections: readonly ConnectionSettings[];
  /** Minutes between two runs, 1 to 60. */
  readonly intervalMinutes: number;
  readonly testCall: TestCall;
  readonly emails: readonly string[];
  readonly page: pulumi.Output<string> | undefined;
  readonly ticket: pulumi.Output<string> | undefined;
  readonly alarms: AlarmsArgs;
  readonly runbookUrl: string;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
  readonly vpc: VpcSettings | undefined;
  readonly logRetentionDays: number;
  readonly heartbeatUrl: pulumi.Output<string> | undefined;
  readonly dashboard: boolean;
  readonly detail: Detail;
}

/**
 * Reads a monitor's arguments and checks all values that are known in the program. An output is checked as soon as it is
 * known: at preview if possible, otherwise during the deployment.
 *
 * @throws pulumi.RunError that lists each problem: what is wrong, where, and what to do
 */
export function settingsOf(monitor: string, args: DeepSeekMonitorArgs): MonitorSettings {
  const secrets = plainSecrets(args);
  const parsed = argumentsSchema.safeParse(args);
  const problems = [
    ...monitorNameProblems(monitor),
    ...describeIssues(placedAt("args", parsed.error?.issues ?? []), args, secrets, unknownName),
    ...misplacedSecrets(args, secrets),
    ...connectionNameProblems(args, secrets),
  ];
  if (problems.length > 0 || !parsed.success) throw refusal(monitor, problems);
  const { connections, scheduleExpression, notify, ...others } = parsed.data;
  const count = Object.keys(connections).length;
  const detail = others.detail ?? Detail.Connection;
  // Rules that involve several arguments are checked only if each argument is valid by itself.
  const conflicts = [
    ...alarmProblems(others.alarms, detail),
    ...notifyProblems(notify),
    ...(others.detail === undefined ? detailProblems(count, others) : []),
  ];
  if (conflicts.length > 0) throw refusal(monitor, conflicts);

  const whenKnown = <Schema extends z.ZodType>(path: Path, schema: Schema, value: z.output<Schema> | Deferred) =>
    checkedWhenKnown({ monitor, path }, schema, value);
  return {
    ...others,
    detail,
    intervalMinutes: scheduleExpression,
    connections: Object.entries(connections).map(([name, connection]) => {
      const at = (field: string) => ["connections", name, field];
      const { apiKey, secretArn, secretField, baseUrl, defaultModel, displayName, keyCreatedAt } = connection;
      const allowInsecureHttp = whenKnown(
        at("allowInsecureHttp"),
        inputSchemas.allowInsecureHttp,
        connection.allowInsecureHttp,
      );
      const model = whenKnown(at("defaultModel"), inputSchemas.defaultModel, defaultModel);
      return {
        name,
        apiKey: apiKey === undefined ? undefined : keyWhenKnown({ monitor, path: at("apiKey") }, apiKey, args),
        secretArn: optional(secretArn, (arn) => whenKnown(at("secretArn"), inputSchemas.secretArn.unwrap(), arn)),
        secretField,
        baseUrl: pulumi
          .all([whenKnown(at("baseUrl"), inputSchemas.baseUrl, baseUrl), allowInsecureHttp])
          .apply(([url, isAllowed]) => checked({ monitor, path: at("baseUrl") }, allowedBaseUrl(isAllowed), url)),
        headers: optional(connection.headers, (headers) =>
          headersWhenKnown({ monitor, path: at("headers") }, headers, args),
        ),
        allowInsecureHttp,
        model,
        setModel: withChosenModel.has(Object(args.connections[name])) ? undefined : model,
        displayName: whenKnown(at("displayName"), inputSchemas.displayName, displayName).apply((text) => text ?? name),
        keyCreatedAt: whenKnown(at("keyCreatedAt"), inputSchemas.keyCreatedAt, keyCreatedAt),
      };
    }),
    emails: notify.emails,
    page: optional(notify.page, (arn) => whenKnown(["notify", "page"], inputSchemas.topic.unwrap(), arn)),
    ticket: optional(notify.ticket, (arn) => whenKnown(["notify", "ticket"], inputSchemas.topic.unwrap(), arn)),
    kmsKeyArn: optional(others.kmsKeyArn, (arn) => whenKnown(["kmsKeyArn"], inputSchemas.kmsKeyArn.unwrap(), arn)),
    vpc: optional(others.vpc, ({ subnetIds, securityGroupIds }) => ({
      subnetIds: whenKnown(["vpc", "subnetIds"], inputSchemas.subnetIds, subnetIds),
      securityGroupIds: whenKnown(["vpc", "securityGroupIds"], inputSchemas.securityGroupIds, securityGroupIds),
    })),
    heartbeatUrl: optional(others.heartbeatUrl, (url) =>
      whenKnown(["heartbeatUrl"], inputSchemas.heartbeatUrl.unwrap(), url),
    ),
  };
}

/** Returns one error for all problems, so that they can be fixed together. */
export function refusal(monitor: string, problems: readonly Problem[]): pulumi.RunError {
  const texts = new Set(problems.map((one) => `  - ${printed(one)}`));
  return new pulumi.RunError(`DeepSeekMonitor '${monitor}' has invalid arguments:\n${[...texts].join("\n")}`);
}

/** Reads only the `alarms` argument. */
export function readAlarms(
  given: unknown,
  detail: Detail,
):
  | { readonly type: "alarms"; readonly alarms: AlarmsArgs }
  | { readonly type: "problems"; readonly problems: readonly Problem[] } {
  const parsed = alarmsSchema.safeParse(given);
  const issues = (parsed.error?.issues ?? []).map((issue) => ({ ...issue, path: ["alarms", ...issue.path] }));
  const problems = [
    ...describeIssues(issues, { alarms: given }, new KnownSecrets([]), unknownName),
    ...(parsed.success ? alarmProblems(parsed.data, detail) : []),
  ];
  return parsed.success && problems.length === 0
    ? { type: "alarms", alarms: parsed.data }
    : { type: "problems", problems };
}

/** A monitor's name is part of the names of its resources. The shortest limit is that of an IAM role, 64 characters. */
const MONITOR_NAME = /^[A-Za-z0-9_-]{1,40}$/;

function monitorNameProblems(name: string): Problem[] {
  if (MONITOR_NAME.test(name)) return [];
  return [problem("monitor-name-invalid", ["the monitor's own name"], message("monitor-name-invalid"))];
}

/** Checks the connections' names, which appear in metrics, alarms, secrets and logs. */
function connectionNameProblems(args: DeepSeekMonitorArgs, secrets: KnownSecrets): Problem[] {
  const names = Object.keys(connectionsIn(args) ?? { any: undefined });
  if (names.length === 0) return [problem("connections-empty", ["connections"], message("connections-empty"))];
  if (connectionsIn(args) === undefined) return [];
  return names.flatMap((name, index) => {
    const path = ["connections", name];
    // AWS would tell them apart, but a person reading an alert would not.
    const other = names.slice(0, index).find((earlier) => earlier.toLowerCase() === name.toLowerCase());
    const isInvalid = !CONNECTION_NAME.test(name);
    return [
      ...(isInvalid ? [problem("connection-name-invalid", path, message("connection-name-invalid"), secrets)] : []),
      ...(other === undefined
        ? []
        : [
            problem(
              "connection-name-duplicate",
              path,
              message("connection-name-duplicate", { other: describePath(["connections", other], secrets) }),
              secrets,
            ),
          ]),
    ];
  });
}

/** Checks the alarms' settings against each other and against the detail. */
function alarmProblems(alarms: AlarmsArgs, detail: Detail): Problem[] {
  return alarmKinds.flatMap((kind) => {
    const path = ["alarms", kind];
    const given: AlarmArgs | BalanceAlarmArgs = alarms[kind] ?? {};
    if (!isEnabled(kind, alarms)) {
      const isIdle = given.enabled === undefined && (given.threshold !== undefined || given.severity !== undefined);
      return isIdle ? [problem("alarm-not-enabled", path, message("alarm-not-enabled"))] : [];
    }
    if (!isPossible(kind, detail)) {
      return [problem("alarm-not-in-fleet-detail", path, message("alarm-not-in-fleet-detail"))];
    }
    if (given.threshold !== undefined || "threshold" in alarmDefinitions[kind]) return [];
    return [problem("alarm-threshold-missing", [...path, "threshold"], message("alarm-threshold-missing"))];
  });
}

/**
 * Requires a choice above 200 connections. A default that depended on their number would delete the alarms of all connections
 * when one is added.
 */
function detailProblems(
  count: number,
  { alarms, dashboard }: Pick<ParsedArguments, "alarms" | "dashboard">,
): Problem[] {
  if (count <= MAX_SINGLE_CONNECTIONS) return [];
  const cost = (detail: Detail) => Math.round(monthlyCost(count, detail, alarms, dashboard)).toLocaleString("en-US");
  const values = { count, size: SHARD_SIZE, connection: cost(Detail.Connection), fleet: cost(Detail.Fleet) };
  return [problem("detail-missing", ["detail"], message("detail-missing", values))];
}

/** Checks the settings of `notify` against each other. */
function notifyProblems({ emails, page, ticket }: ParsedArguments["notify"]): Problem[] {
  if (emails.length === 0 || page === undefined || ticket === undefined) return [];
  return [problem("notify-emails-unused", ["notify", "emails"], message("notify-emails-unused"))];
}

/** Returns the message about an unknown name. */
function unknownName([first, second, third]: Path): string {
  const unknown = (what: string, list: string, known: readonly string[]) =>
    message("argument-unknown", { what, known: `the ${list} are ${known.join(", ")}` });
  switch (first) {
    case undefined:
      return unknown("an argument of DeepSeekMonitor", "arguments", Object.keys(argumentsSchema.shape));
    case "alarms":
      if (second === undefined) return unknown("an alarm", "alarms", alarmKinds);
      return third === undefined
        ? unknown("a setting of an alarm", "settings", ["enabled", "severity", "threshold"])
        : unknown("a currency of a balance", "currencies", Object.values(Currency));
    case "vpc":
      return unknown("a setting of vpc", "settings", vpcFields);
    case "notify":
      return unknown("a setting of notify", "settings", notifyFields);
    default:
      return unknown("an input of a connection", "inputs", connectionFields);
  }
}

function connectionsIn(args: DeepSeekMonitorArgs | undefined): Readonly<Record<string, unknown>> | undefined {
  const connections: unknown = args?.connections;
  if (typeof connections !== "object" || connections === null || isDeferred(connections)) return undefined;
  return connections as Readonly<Record<string, unknown>>;
}

/** The secrets that are plain text in the program, to remove them from messages. */
function plainSecrets(args: DeepSeekMonitorArgs): KnownSecrets {
  const connections = Object.values(connectionsIn(args) ?? {}) as (
    | { apiKey?: unknown; headers?: unknown }
    | undefined
  )[];
  const keys = connections.flatMap((given) => (typeof given?.apiKey === "string" ? [given.apiKey.trim()] : []));
  return new KnownSecrets(
    keys,
    connections.flatMap((given) => headerValuesIn(given?.headers)),
  );
}

function optional<Value, Result>(value: Value | undefined, use: (value: Value) => Result): Result | undefined {
  return value === undefined ? undefined : use(value);
}

/** The place of a value. */
export interface Location {
  readonly monitor: string;
  readonly path: Path;
}

/** Parses a value as soon as it is known. A value that was known in the program is already parsed. */
function checkedWhenKnown<Schema extends z.ZodType>(
  at: Location,
  schema: Schema,
  value: z.output<Schema> | Deferred,
): pulumi.Output<z.output<Schema>> {
  if (isOutput(value)) return value.apply((known) => checked(at, schema, known));
  return pulumi.output(value) as pulumi.Output<z.output<Schema>>;
}

/** The same for a key. It must not appear in any other argument, because those are stored in clear text. */
function keyWhenKnown(at: Location, key: string | Deferred, args: DeepSeekMonitorArgs): pulumi.Output<string> {
  return pulumi.secret(isOutput(key) ? key.apply((known) => checkedKey(at, known, args)) : key);
}

/** The same for headers. */
function headersWhenKnown(
  at: Location,
  headers: Headers | Deferred,
  args: DeepSeekMonitorArgs,
): pulumi.Output<Headers | undefined> {
  return pulumi.secret(isOutput(headers) ? headers.apply((known) => checkedHeaders(at, known, args)) : headers);
}

function isOutput(value: unknown): value is Deferred {
  return pulumi.Output.isInstance(value);
}

/** @throws pulumi.RunError if the value is invalid */
export function checked<Schema extends z.ZodType>(
  { monitor, path }: Location,
  schema: Schema,
  known: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  const given = path.reduceRight<unknown>((value, part) => ({ [part]: value }), known);
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  throw refusal(monitor, describeIssues(issues, given, new KnownSecrets([]), unknownName));
}

/** @throws pulumi.RunError if the key is invalid or misplaced; the message does not contain the key */
export function checkedKey(at: Location, known: unknown, args: unknown): string {
  const key = checked(at, inputSchemas.apiKey.unwrap(), known);
  refuseMisplaced(at, new KnownSecrets([key]), args);
  return key;
}

/** @throws pulumi.RunError if the headers are invalid or a value is misplaced; the message contains no value */
export function checkedHeaders(at: Location, known: unknown, args: unknown): Headers | undefined {
  const headers = checked(at, inputSchemas.headers, known);
  refuseMisplaced(at, new KnownSecrets([], headerValuesIn(headers)), args);
  return headers;
}

function refuseMisplaced({ monitor }: Location, secrets: KnownSecrets, args: unknown): void {
  const misplaced = misplacedSecrets(args, secrets);
  if (misplaced.length > 0) throw refusal(monitor, misplaced);
}
