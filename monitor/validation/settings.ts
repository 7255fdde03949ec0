import * as pulumi from "@pulumi/pulumi";
import type { AlarmKind } from "../alarms/definitions.ts";
import type { AlarmSettings } from "../alarms/settings.ts";
import { Currency, type DeepSeekMonitorArgs, type MonitoredConnectionArgs, TestCall } from "../arguments.ts";
import { type Detail, usualDetail } from "../metrics.ts";
import { alarmProblems, nameProblems, notifyProblems } from "./consistency.ts";
import { describeIssues, misplacedKeys } from "./problems.ts";
import { intervalOf } from "./rules.ts";
import { argumentsSchema, connectionFields, isDeferred } from "./schema.ts";

/**
 * The newest package's own file, as a mirror of npm serves it: the one address that is sure to be ours wherever the sources
 * live. Without a version, which would change every alarm's text with each upgrade.
 */
export const RUNBOOK_URL = "https://unpkg.com/pulumi-deepseek/monitor/RUNBOOK.md";

/** A monitor's name is in the names of everything that it makes, of which an IAM role's may have 64 characters. */
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

export interface NamedConnection extends MonitoredConnectionArgs {
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
