import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { childName, shardSubject } from "../names.ts";
import type { ConnectionSettings } from "../settings.ts";
import { eventFor, type Shard } from "../shards.ts";
import type { AwsLocation } from "./aws-location.ts";
import { createSchedulerRole } from "./iam.ts";
import type { KeyLocation } from "./keys.ts";

/**
 * The group of the schedules, whose generated name is the monitor's identity in AWS.
 *
 * The identity is in the names of all that holds history or subscriptions, so it must outlive whatever else is replaced.
 * Nothing asks for another group: all that can be changed about one, its tags, changes in place. Its name is known at preview
 * and unique in the account's Region; only the dashboard, which is the same in all Regions, relies on the random end alone.
 *
 * Source: hashicorp/terraform-provider-aws, internal/service/scheduler/schedule_group.go; CloudWatch user guide, 'Using
 * Amazon CloudWatch dashboards'.
 */
export function createScheduleGroup(parent: pulumi.Resource, name: string): scheduler.ScheduleGroup {
  return new scheduler.ScheduleGroup(name, {}, { parent });
}

/** The schedules, one a shard, and where they put what they could not deliver. */
export interface Schedules {
  readonly deadLetterQueue: sqs.Queue;
  readonly schedules: readonly scheduler.Schedule[];
}

interface ScheduleOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly location: pulumi.Output<AwsLocation>;
  readonly group: scheduler.ScheduleGroup;
  readonly intervalMinutes: number;
  readonly functionArn: pulumi.Output<string>;
  /** The event of each shard, as JSON. */
  readonly events: ReadonlyMap<string, pulumi.Output<string>>;
  /** What a first run needs. */
  readonly dependsOn: readonly pulumi.Resource[];
}

export function createSchedules(
  parent: pulumi.Resource,
  shards: readonly Shard<unknown>[],
  { name, identity, location, group, intervalMinutes, functionArn, events, dependsOn }: ScheduleOptions,
): Schedules {
  const deadLetterQueue = new sqs.Queue(
    name,
    {
      name: pulumi.interpolate`${identity}-undelivered`,
      messageRetentionSeconds: RETENTION,
      sqsManagedSseEnabled: true,
    },
    { parent },
  );
  const { role, policy } = createSchedulerRole(parent, name, {
    location,
    scheduleGroupArn: group.arn,
    functionArn,
    deadLetterQueueArn: deadLetterQueue.arn,
  });
  const schedules = shards.map(
    (shard) =>
      new scheduler.Schedule(
        childName(name, shardSubject(shard.name)),
        {
          name: shardSubject(shard.name),
          groupName: group.name,
          description: `Probes ${shard.connections.length} DeepSeek connections.`,
          scheduleExpression: `rate(${intervalMinutes} minute${intervalMinutes === 1 ? "" : "s"})`,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: functionArn,
            roleArn: role.arn,
            input: events.get(shard.name) as pulumi.Output<string>,
            // The next run is a minute away: a late one would only be counted twice.
            retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
            deadLetterConfig: { arn: deadLetterQueue.arn },
          },
        },
        { parent, dependsOn: [policy, ...dependsOn] },
      ),
  );
  return { deadLetterQueue, schedules };
}

/** The event of each shard as JSON, by the shard's name. No key is in it, only where the keys are. */
export function eventsOf(
  shards: readonly Shard<ConnectionSettings>[],
  keys: ReadonlyMap<string, KeyLocation>,
): ReadonlyMap<string, pulumi.Output<string>> {
  return new Map(
    shards.map((shard) => {
      const connections = pulumi.all(shard.connections.map((connection) => withKeyLocation(connection, keys)));
      const event = connections.apply((all) => JSON.stringify(eventFor({ name: shard.name, connections: all })));
      return [shard.name, event];
    }),
  );
}

function withKeyLocation(connection: ConnectionSettings, keys: ReadonlyMap<string, KeyLocation>) {
  const { name, baseUrl, model, keyCreatedAt } = connection;
  // Each connection has a key, which is somewhere.
  const { secretArn, secretField } = keys.get(name) as KeyLocation;
  return pulumi.all([baseUrl, model, secretArn, keyCreatedAt]).apply(([url, chosen, arn, createdAt]) => ({
    name,
    baseUrl: url,
    ...(chosen !== undefined && { model: chosen }),
    secretArn: arn,
    ...(secretField !== undefined && { secretField }),
    ...(createdAt !== undefined && { keyCreatedAt: createdAt }),
  }));
}

/** Two weeks, the longest that SQS keeps a message, in seconds. */
const RETENTION = 1_209_600;
