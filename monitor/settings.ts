import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type AlarmDefinition, type AlarmKind, alarmDefinitions, alarmKinds } from "./alarms/catalog.ts";
import type { AlarmSettings } from "./alarms/plan.ts";
import { describeIssues, got, misplacedKeys, place } from "./argument-problems.ts";
import { Currency, type DeepSeekMonitorArgs, type MonitoredConnectionArgs, TestCall } from "./arguments.ts";
import { Detail, usualDetail } from "./metrics.ts";
import { CONNECTION_NAME } from "./names.ts";
import { argumentsSchema, connectionFields, intervalOf, isDeferred, rules } from "./schema.ts";

/**
 * The newest package's own file, as a mirror of npm serves it: the one address that is sure to be ours wherever the sources
 * live. Without a version, which would change every alarm's text with each upgrade.
 */
export const RUNBOOK_URL = "https://unpkg.com/pulumi-deepseek/monitor/RUNBOOK.md";

/** A monitor's name is in the names of everything that it makes, of which an IAM role's may have 64 characters. */
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

interface NamedConnection extends MonitoredConnectionArgs {
  readonly name: string;
}

/** A monitor's arguments: checked as far as they are known, with the defaults filled in. */
export interface MonitorSettings {
  readonly connections: readonly NamedConnection[];
  readonly intervalMinutes: number;
  readonly testCall: TestCall;
  readonly emails: readonly string[];
  readonly page: pulumi.Input<string> | undefined;
  readonly ticket: pulumi.Input<string> | undefined;
  readonly alarms: Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>;
  readonly runbookUrl: string;
  readonly kmsKeyArn: pulumi.Input<string> | undefined;
  readonly logRetentionDays: number;
  readonly heartbeatUrl: pulumi.Input<string> | undefined;
  readonly dashboard: boolean;
  readonly detail: Detail;
  readonly balanceCurrency: Currency;
}

/**
 * Checks all arguments that are known in the program, all at once.
 *
 * @throws pulumi.RunError that names each problem: what, where, and what to do
 */
export function settingsOf(name: string, args: DeepSeekMonitorArgs): MonitorSettings {
  const given = { ...args, connections: readable(args?.connections) };
  const keys = plainKeys(given.connections);
  const problems = [
    ...(NAME.test(name) ? [] : ["the monitor's own name: must be 1 to 40 characters of A–Z a–z 0–9 _ -"]),
    ...describeIssues(argumentsSchema.safeParse(given).error?.issues ?? [], given, keys),
    ...misplacedKeys(given, keys),
    ...(given.connections === undefined ? [] : nameProblems(Object.keys(given.connections), keys)),
  ];
  if (problems.length > 0) throw refusal(name, problems);
  const settings = withDefaults({ ...args, connections: given.connections as DeepSeekMonitorArgs["connections"] });
  // What spans several arguments is asked only where each is right by itself.
  const conflicts = [...alarmProblems(settings), ...notifyProblems(settings)];
  if (conflicts.length > 0) throw refusal(name, conflicts);
  return settings;
}

/** One error for all problems, so that they can be mended in one go. */
export function refusal(name: string, problems: readonly string[]): pulumi.RunError {
  return new pulumi.RunError(
    `DeepSeekMonitor '${name}' cannot be planned:\n${[...new Set(problems)].map((problem) => `  - ${problem}`).join("\n")}`,
  );
}

function withDefaults(args: DeepSeekMonitorArgs): MonitorSettings {
  const connections = Object.entries(args.connections).map(([name, connection]) => ({ ...connection, name }));
  return {
    connections,
    intervalMinutes: intervalOf(args.scheduleExpression ?? "rate(1 minute)") ?? 1,
    testCall: args.testCall ?? TestCall.Chat,
    emails: args.notify?.emails ?? [],
    page: args.notify?.page,
    ticket: args.notify?.ticket,
    alarms: { ...args.alarms },
    runbookUrl: args.runbookUrl ?? RUNBOOK_URL,
    kmsKeyArn: args.kmsKeyArn,
    logRetentionDays: args.logRetentionDays ?? 30,
    heartbeatUrl: args.heartbeatUrl,
    dashboard: args.dashboard ?? true,
    detail: args.detail ?? usualDetail(connections.length),
    balanceCurrency: args.balanceCurrency ?? Currency.USD,
  };
}

/** The connections with the fields that the monitor reads: a resource has many others, which are no mistakes. */
function readable(connections: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof connections !== "object" || connections === null || isDeferred(connections)) return undefined;
  return Object.fromEntries(
    Object.entries(connections).map(([name, connection]) => {
      if (!pulumi.Resource.isInstance(connection)) return [name, connection];
      const fields = connection as unknown as Readonly<Record<string, unknown>>;
      return [name, Object.fromEntries(connectionFields.map((field) => [field, fields[field]]))];
    }),
  );
}

/** The keys that stand in the program itself, so that no message shows one. */
function plainKeys(connections: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return Object.values(connections ?? {})
    .map((connection) => (connection as { readonly apiKey?: unknown } | undefined)?.apiKey)
    .filter((key) => typeof key === "string")
    .map((key) => key.trim())
    .filter((key) => key !== "");
}

/** What is wrong with the connections' names, which stand in metrics, alarms, secrets and logs. */
function nameProblems(names: readonly string[], keys: readonly string[]): string[] {
  if (names.length === 0) return ["connections: there is none: name at least one, such as { prod: connection }"];
  const twins = [...new Set(names.map((name) => name.toLowerCase()))]
    .map((spelling) => names.filter((name) => name.toLowerCase() === spelling))
    .filter((group) => group.length > 1);
  return [
    ...names
      .filter((name) => !CONNECTION_NAME.test(name))
      .map((name) => `${place(["connections", name], keys)}: its name must be 1 to 32 characters of A–Z a–z 0–9 _ . -`),
    // They would be two things to AWS and one to whoever reads an alert.
    ...twins.map((group) => {
      const places = group.map((name) => place(["connections", name], keys)).join(", ");
      return `${places}: are one name but for upper and lower case: give each its own`;
    }),
  ];
}

/** What is wrong with the alarms together. */
export function alarmProblems({ alarms, detail }: Pick<MonitorSettings, "alarms" | "detail">): string[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const enabled = alarms[kind]?.enabled ?? definition.byDefault;
    if (!enabled) {
      const { threshold, severity, enabled: given } = alarms[kind] ?? {};
      const isIdle = given === undefined && (threshold !== undefined || severity !== undefined);
      return isIdle ? [`alarms.${kind}: is off unless it has enabled: true`] : [];
    }
    if (definition.statistic === "Range" && detail === Detail.Fleet) {
      return [
        `alarms.${kind}: has no meaning in fleet detail, where the balances of many accounts share a gauge. Leave it out, or set detail to '${Detail.Connection}'`,
      ];
    }
    if ((alarms[kind]?.threshold ?? definition.threshold) !== undefined) return [];
    return [`alarms.${kind}.threshold: is missing: only you know the limit, in balanceCurrency`];
  });
}

/** What is wrong with whom to tell. */
function notifyProblems({ emails, page, ticket }: MonitorSettings): string[] {
  if (emails.length === 0 || page === undefined || ticket === undefined) return [];
  return [
    "notify.emails: nobody would be told: with topics of your own for page and for ticket the monitor makes none. Subscribe the addresses to your topics, or leave one of the topics out",
  ];
}

/** A connection whose late values have been checked, each as soon as it is known. */
export interface SettledConnection {
  readonly name: string;
  readonly apiKey: pulumi.Output<string> | undefined;
  readonly secretArn: pulumi.Output<string> | undefined;
  readonly secretField: string | undefined;
  readonly baseUrl: pulumi.Output<string>;
  readonly model: pulumi.Output<string | undefined>;
  readonly displayName: pulumi.Output<string>;
  readonly keyCreatedAt: pulumi.Output<string | undefined>;
}

/** The values that may be known only during the deployment. */
export interface Settled {
  readonly connections: readonly SettledConnection[];
  readonly page: pulumi.Output<string> | undefined;
  readonly ticket: pulumi.Output<string> | undefined;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
  readonly heartbeatUrl: pulumi.Output<string> | undefined;
}

/** Checks all values that may come late. */
export function settleAll(monitor: string, settings: MonitorSettings): Settled {
  const late = <Rule extends z.ZodType>(place: string, rule: Rule, value: pulumi.Input<string> | undefined) =>
    value === undefined ? undefined : settle({ monitor, place }, rule, value);
  return {
    connections: settings.connections.map((connection) => settleConnection(monitor, connection, settings)),
    page: late("notify.page", rules.topic, settings.page),
    ticket: late("notify.ticket", rules.topic, settings.ticket),
    kmsKeyArn: late("kmsKeyArn", rules.kmsKeyArn, settings.kmsKeyArn),
    heartbeatUrl: late("heartbeatUrl", rules.heartbeatUrl, settings.heartbeatUrl),
  };
}

function settleConnection(monitor: string, connection: NamedConnection, all: MonitorSettings): SettledConnection {
  const { name, apiKey, secretArn, secretField } = connection;
  const spot = (field: string) => ({ monitor, place: `connections.${name}.${field}` });
  return {
    name,
    apiKey: apiKey === undefined ? undefined : settleKey(spot("apiKey"), rules.apiKey, apiKey, all),
    secretArn: secretArn === undefined ? undefined : settle(spot("secretArn"), rules.secretArn, secretArn),
    secretField,
    baseUrl: settle(spot("baseUrl"), rules.baseUrl, connection.baseUrl),
    model: settle(spot("defaultModel"), rules.defaultModel, connection.defaultModel),
    displayName: settle(spot("displayName"), rules.displayName, connection.displayName).apply((text) => text ?? name),
    keyCreatedAt: settle(spot("keyCreatedAt"), rules.keyCreatedAt, connection.keyCreatedAt),
  };
}

/** Where a value stands, for messages. */
export interface Spot {
  readonly monitor: string;
  /** Such as `connections.prod.baseUrl`. */
  readonly place: string;
}

/**
 * A value as a rule wants it. One that is known in the program was checked there; one that comes later is checked as soon
 * as it is known, and fails the preview then, or the deployment if it is known no sooner.
 */
function settle<Rule extends z.ZodType>(
  spot: Spot,
  rule: Rule,
  value: pulumi.Input<string | undefined> | undefined,
): pulumi.Output<z.output<Rule>> {
  return pulumi.output(value).apply((known) => checked(spot, rule, known));
}

/** The same for a key, which moreover must stand nowhere else in the arguments: all else is stored in clear. */
function settleKey(
  spot: Spot,
  rule: z.ZodType<string>,
  key: pulumi.Input<string>,
  others: unknown,
): pulumi.Output<string> {
  return pulumi.secret(pulumi.output(key).apply((known) => checkedKey(spot, rule, known, others)));
}

/** @throws pulumi.RunError that says what is wrong */
export function checked<Rule extends z.ZodType>({ monitor, place }: Spot, rule: Rule, known: unknown): z.output<Rule> {
  const parsed = rule.safeParse(known);
  if (parsed.success) return parsed.data;
  const end = place.endsWith(".apiKey") ? "" : got(known);
  throw refusal(
    monitor,
    parsed.error.issues.map(({ message }) => `${place}: ${message}${end}`),
  );
}

/** @throws pulumi.RunError that says what is wrong, without the key */
export function checkedKey(spot: Spot, rule: z.ZodType<string>, known: unknown, others: unknown): string {
  const key = checked(spot, rule, known);
  const misplaced = misplacedKeys(others, [key]);
  if (misplaced.length > 0) throw refusal(spot.monitor, misplaced);
  return key;
}
