import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/catalog.ts";
import { type DescriptionContext, describeAlarm } from "../alarms/description.ts";
import { type Dimensions, type EffectiveAlarm, effectiveAlarms, evaluationOf, warmUpMinutes } from "../alarms/plan.ts";
import { Detail } from "../metrics.ts";
import { alarmName, childName, endpointSubject, shardSubject } from "../names.ts";
import type { MonitorSettings, SettledConnection } from "../settings.ts";
import type { Shard } from "../shards.ts";

export interface DeployedAlarm {
  readonly name: string;
  readonly arn: string;
}

interface AlarmOptions extends AlarmContext {
  readonly settings: MonitorSettings;
  readonly shards: readonly Shard<SettledConnection>[];
  /** Those of the shards, in their order. An alarm on silence comes after what breaks it. */
  readonly schedules: readonly pulumi.Resource[];
}

/** All alarms of a monitor: those on silence first, then the endpoints', the connections' and the whole monitor's. */
export function createAlarms(parent: pulumi.Resource, options: AlarmOptions): pulumi.Output<readonly DeployedAlarm[]> {
  const { settings, shards, schedules } = options;
  const of = (scope: Parameters<typeof effectiveAlarms>[0]) =>
    effectiveAlarms(scope, settings.alarms, settings.intervalMinutes);

  const silence = shards.flatMap((shard, index) =>
    of("shard").map((alarm) => createAlarm(parent, alarm, shardOf(shard), options, schedules.slice(index, index + 1))),
  );
  const connections = connectionSubjects(settings, shards).flatMap((subject) =>
    of("connection").map((alarm) => {
      const currency = alarm.metric === "Balance" ? { Currency: settings.balanceCurrency } : {};
      return createAlarm(parent, alarm, { ...subject, dimensions: { ...subject.dimensions, ...currency } }, options);
    }),
  );
  const whole = of("monitor").map((alarm) =>
    createAlarm(parent, alarm, { line: `Monitor ${options.name}`, dimensions: {} }, options),
  );
  // How many endpoints there are is known only when all base URLs are, and one outage is to alarm once: so these alarms are
  // made where all base URLs are known together. A preview that cannot know them does not show these alarms.
  const endpoints = pulumi
    .all(shards.flatMap((shard) => shard.connections.map(({ baseUrl }) => baseUrl)))
    .apply((baseUrls) =>
      deployed(
        [...new Set(baseUrls)].flatMap((baseUrl) =>
          of("endpoint").map((alarm) => createAlarm(parent, alarm, endpointOf(baseUrl), options)),
        ),
      ),
    );
  return pulumi
    .all([deployed(silence), endpoints, deployed([...connections, ...whole])])
    .apply((groups) => groups.flat());
}

function deployed(alarms: readonly cloudwatch.MetricAlarm[]): pulumi.Output<DeployedAlarm[]> {
  return pulumi.all(
    alarms.map(({ name, arn }) => pulumi.all([name, arn]).apply(([known, at]) => ({ name: known, arn: at }))),
  );
}

function connectionSubjects(
  settings: MonitorSettings,
  shards: readonly Shard<SettledConnection>[],
): readonly Subject[] {
  if (settings.detail === Detail.Fleet) return shards.map(shardOf);
  return shards.flatMap(({ connections }) =>
    connections.map(({ name, displayName }) => ({
      name,
      line: displayName.apply((shown) => `Connection ${name}${shown === name ? "" : ` (${shown})`}`),
      dimensions: { Connection: name },
    })),
  );
}

function shardOf({ name, connections }: Shard<SettledConnection>): Subject {
  const [first, last] = [connections.at(0)?.name, connections.at(-1)?.name];
  const range =
    connections.length === 1 ? `connection ${first}` : `${connections.length} connections, ${first} to ${last}`;
  return { name: shardSubject(name), line: `Shard ${name}: ${range}`, dimensions: { Shard: name } };
}

function endpointOf(baseUrl: string): Subject {
  return { name: endpointSubject(baseUrl), line: `Base URL ${baseUrl}`, dimensions: { Endpoint: baseUrl } };
}

/** What an alarm is about. */
interface Subject {
  /** As it stands in the alarm's name; absent for the whole monitor. */
  readonly name?: string;
  /** One line for a person. */
  readonly line: pulumi.Input<string>;
  /** The gauge's dimensions besides `Monitor`. */
  readonly dimensions: Dimensions;
}

/** What all alarms of a monitor share. */
interface AlarmContext {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly topics: Readonly<Record<Severity, pulumi.Output<string>>>;
  readonly links: pulumi.Output<Omit<DescriptionContext, "subject">>;
  /** What an alarm needs to be heard. */
  readonly ready: readonly pulumi.Resource[];
}

/** One alarm in CloudWatch. */
function createAlarm(
  parent: pulumi.Resource,
  alarm: EffectiveAlarm,
  subject: Subject,
  { name, identity, topics, links, ready }: AlarmContext,
  dependsOn: readonly pulumi.Resource[] = [],
): cloudwatch.MetricAlarm {
  const topic = topics[alarm.severity];
  const warmUp = warmUpMinutes(alarm);
  const described = pulumi.all([identity, links, subject.line]).apply(([monitor, known, line]) => ({
    name: alarmName(monitor, subject.name, alarm.title),
    alarmDescription: describeAlarm(alarm.kind, { ...known, subject: line }),
  }));
  return new cloudwatch.MetricAlarm(
    childName(name, ...(subject.name === undefined ? [] : [subject.name]), alarm.kind),
    {
      name: described.name,
      alarmDescription: described.alarmDescription,
      ...evaluationOf(alarm, { Monitor: identity, ...subject.dimensions }),
      ...(warmUp > 0 && { warmUpConfiguration: { warmUpPeriodDurationInMinutes: warmUp } }),
      alarmActions: [topic],
      okActions: [topic],
    },
    { parent, dependsOn: [...ready, ...dependsOn] },
  );
}
