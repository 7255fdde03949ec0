import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { shardSubject } from "../names.ts";
import type { ConnectionSettings } from "../settings.ts";
import { eventFor, type Shard } from "../shards.ts";
import type { Place } from "./aws-location.ts";
import { createSchedulerRole } from "./iam.ts";
import type { KeyPlace } from "./keys.ts";

/** Two weeks, the longest that SQS keeps a message, in seconds. */
const RETENTION = 1_209_600;

interface ScheduleOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly place: pulumi.Output<Place>;
  readonly intervalMinutes: number;
  readonly functionArn: pulumi.Output<string>;
  /** The event of each shard, as JSON. */
  readonly events: ReadonlyMap<string, pulumi.Output<string>>;
  /** What a first run needs. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** The schedules, one a shard, and where they put what they could not deliver. */
export interface Schedules {
  readonly group: scheduler.ScheduleGroup;
  readonly deadLetterQueue: sqs.Queue;
  readonly schedules: readonly scheduler.Schedule[];
}

export function createSchedules(
  parent: pulumi.Resource,
  shards: readonly Shard<unknown>[],
  { name, identity, place, intervalMinutes, functionArn, events, dependsOn }: ScheduleOptions,
): Schedules {
  const group = new scheduler.ScheduleGroup(name, { name: identity }, { parent });
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
    place,
    scheduleGroupArn: group.arn,
    functionArn,
    deadLetterQueueArn: deadLetterQueue.arn,
  });
  const schedules = shards.map(
    (shard) =>
      new scheduler.Schedule(
        `${name}-${shardSubject(shard.name)}`,
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
  return { group, deadLetterQueue, schedules };
}

/** The event of each shard as JSON, by the shard's name. No key is in it, only where the keys are. */
export function eventsOf(
  shards: readonly Shard<ConnectionSettings>[],
  places: ReadonlyMap<string, KeyPlace>,
): ReadonlyMap<string, pulumi.Output<string>> {
  return new Map(
    shards.map((shard) => {
      const connections = pulumi.all(shard.connections.map((connection) => located(connection, places)));
      const event = connections.apply((all) => JSON.stringify(eventFor({ name: shard.name, connections: all })));
      return [shard.name, event];
    }),
  );
}

function located(connection: ConnectionSettings, places: ReadonlyMap<string, KeyPlace>) {
  const { name, baseUrl, model, keyCreatedAt } = connection;
  // Each connection has a key, so each has a place.
  const { secretArn, secretField } = places.get(name) as KeyPlace;
  return pulumi.all([baseUrl, model, secretArn, keyCreatedAt]).apply(([url, chosen, arn, createdAt]) => ({
    name,
    baseUrl: url,
    ...(chosen !== undefined && { model: chosen }),
    secretArn: arn,
    ...(secretField !== undefined && { secretField }),
    ...(createdAt !== undefined && { keyCreatedAt: createdAt }),
  }));
}
