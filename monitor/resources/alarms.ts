import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { type DescriptionLinks, describeAlarm } from "../alarms/description.ts";
import {
  evaluationOf,
  lineFor,
  type PlannedAlarm,
  planAlarms,
  planEndpointAlarms,
  planTopicAlarms,
} from "../alarms/plan.ts";
import type { Severity } from "../arguments.ts";
import { dimensionsOf } from "../metrics.ts";
import { alarmName, childName, endpointSubject } from "../names.ts";
import type { ConnectionSettings, MonitorSettings } from "../settings.ts";
import type { Shard } from "../shards.ts";

export interface DeployedAlarm {
  readonly name: string;
  readonly arn: string;
}

interface AlarmOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly topics: Readonly<Record<Severity, pulumi.Output<string>>>;
  /** Whether pages and tickets have different topics. */
  readonly areDifferent: pulumi.Output<boolean>;
  readonly links: pulumi.Output<DescriptionLinks>;
  /** What an alarm needs before it can send alerts. */
  readonly ready: readonly pulumi.Resource[];
  readonly settings: MonitorSettings;
  readonly shards: readonly Shard<ConnectionSettings>[];
  /** The schedules of the shards, in order. An alarm on silence is created after its schedule. */
  readonly schedules: readonly pulumi.Resource[];
}

/**
 * Creates all alarms of a monitor. The alarms on an endpoint are created as soon as its base URL is known: if a preview does not
 * know a base URL, it does not show its alarms. The same applies to the alarms on topics, if both topics are the user's.
 *
 * @returns the alarms' names and ARNs
 */
export function createAlarms(parent: pulumi.Resource, options: AlarmOptions): pulumi.Output<readonly DeployedAlarm[]> {
  const { settings, shards } = options;
  const names = shards.map((shard) => ({ ...shard, connections: shard.connections.map(({ name }) => name) }));
  const displayNames = new Map(settings.connections.map(({ name, displayName }) => [name, displayName]));
  const schedules = new Map(shards.map(({ name }, index) => [name, options.schedules[index]]));

  const known = planAlarms(options.name, names, settings).map((planned) => {
    const { subject, alarm, dimensions } = planned;
    const schedule = alarm.missingData === "breaching" ? schedules.get(dimensions["Shard"] ?? "") : undefined;
    const displayName = subject.connection === undefined ? undefined : displayNames.get(subject.connection);
    const facts = factsOf(concerned(planned, shards));
    return createAlarm(parent, planned, options, { facts, displayName, schedule });
  });
  const endpoints = createEndpointAlarms(parent, options);
  return pulumi.all([deployed(known), endpoints, createTopicAlarms(parent, options)]).apply((groups) => groups.flat());
}

/** Creates the alarms on topics, if pages and tickets have different ones. */
function createTopicAlarms(parent: pulumi.Resource, options: AlarmOptions): pulumi.Output<DeployedAlarm[]> {
  const { page, ticket } = options.topics;
  // The last part of an ARN: arn:aws:sns:eu-central-1:111122223333:on-call.
  const nameOf = (arn: pulumi.Output<string>) => arn.apply((known) => String(known.split(":").at(-1)));
  const facts = factsOf([]);
  return options.areDifferent.apply((areDifferent) => {
    if (!areDifferent) return pulumi.output<DeployedAlarm[]>([]);
    const planned = planTopicAlarms({ page: nameOf(page), ticket: nameOf(ticket) }, options.settings);
    return deployed(planned.map((one) => createAlarm(parent, one, options, { facts })));
  });
}

/** Creates the alarms on endpoints: once for each base URL, however many connections share it. */
function createEndpointAlarms(parent: pulumi.Resource, options: AlarmOptions): pulumi.Output<DeployedAlarm[]> {
  const made = new Map<string, pulumi.Output<DeployedAlarm[]>>();
  const { connections } = options.settings;
  const factsAbout = (url: string): Facts => {
    const models = connections.map(({ baseUrl, setModel }) =>
      pulumi.all([baseUrl, setModel]).apply(([at, known]) => (at === url ? known : undefined)),
    );
    return { baseUrls: pulumi.output<string[]>([]), models: distinct(models) };
  };
  const ofEach = connections.map(({ baseUrl }) =>
    baseUrl.apply((url) => {
      const alarms =
        made.get(url) ??
        deployed(
          planEndpointAlarms(url, options.settings).map((planned) =>
            createAlarm(parent, planned, options, { facts: factsAbout(url) }),
          ),
        );
      made.set(url, alarms);
      return alarms.apply((all) => [url, all] as const);
    }),
  );
  // In the order of the connections, whichever base URL was known first.
  return pulumi.all(ofEach).apply((all) => [...new Map(all).values()].flat());
}

function deployed(alarms: readonly cloudwatch.MetricAlarm[]): pulumi.Output<DeployedAlarm[]> {
  return pulumi.all(
    alarms.map(({ name, arn }) => pulumi.all([name, arn]).apply(([known, at]) => ({ name: known, arn: at }))),
  );
}

/** Base URLs and set models of the connections that an alarm is about, each once. */
interface Facts {
  readonly baseUrls: pulumi.Output<string[]>;
  readonly models: pulumi.Output<string[]>;
}

function factsOf(connections: readonly ConnectionSettings[]): Facts {
  return {
    baseUrls: distinct(connections.map(({ baseUrl }) => baseUrl.apply(endpointSubject))),
    models: distinct(connections.map(({ setModel }) => setModel)),
  };
}

function distinct(values: readonly pulumi.Input<string | undefined>[]): pulumi.Output<string[]> {
  return pulumi.all([...values]).apply((all) => [...new Set(all.filter((value) => value !== undefined))]);
}

/** Returns the connections that an alarm is about, unless it is about a base URL. */
function concerned(
  { subject, dimensions }: PlannedAlarm,
  shards: readonly Shard<ConnectionSettings>[],
): readonly ConnectionSettings[] {
  const { Shard: shard } = dimensions;
  const all = shards.filter(({ name }) => shard === undefined || name === shard).flatMap((one) => one.connections);
  return subject.connection === undefined ? all : all.filter(({ name }) => name === subject.connection);
}

/** What differs between alarms. */
interface Particulars {
  readonly facts: Facts;
  readonly displayName?: pulumi.Output<string> | undefined;
  readonly schedule?: pulumi.Resource | undefined;
}

/** Creates one alarm in CloudWatch. */
function createAlarm(
  parent: pulumi.Resource,
  { alarm, subject, dimensions }: PlannedAlarm<pulumi.Input<string>>,
  { name, identity, topics, links, ready, settings }: AlarmOptions,
  { facts, displayName, schedule }: Particulars,
): cloudwatch.MetricAlarm {
  const topic = topics[alarm.severity];
  const isOfMonitor = dimensionsOf(alarm.metric, settings.detail).includes("Monitor");
  return new cloudwatch.MetricAlarm(
    childName(name, subject.name, alarm.kind, alarm.currency),
    {
      name: identity.apply((monitor) => alarmName(monitor, subject.name, alarm.title)),
      alarmDescription: pulumi.all([links, facts, displayName]).apply(([known, about, shown]) =>
        describeAlarm(alarm.kind, {
          ...known,
          ...about,
          subject: lineFor(subject, shown),
          severity: alarm.severity,
          stack: `${pulumi.getProject()}/${pulumi.getStack()}`,
        }),
      ),
      ...evaluationOf<pulumi.Input<string>>(alarm, { ...(isOfMonitor && { Monitor: identity }), ...dimensions }),
      alarmActions: [topic],
      okActions: [topic],
    },
    { parent, dependsOn: [...ready, ...(schedule === undefined ? [] : [schedule])] },
  );
}
