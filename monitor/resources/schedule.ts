import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { childName, shardSubject } from "../names.ts";
import { eventFor, type Shard } from "../shards.ts";
import type { AwsLocation } from "./aws-location.ts";
import { createSchedulerRole } from "./iam.ts";

/**
 * Creates the group of the schedules. Its generated name is the monitor's identity in AWS.
 *
 * The identity is part of the names of all resources that have history or subscriptions, so it must stay the same when other
 * resources are replaced. A schedule group is never replaced: only its tags can change, and they change in place. Its name is
 * known at preview and unique in the account and Region. Dashboards are shared by all Regions, so there only the random suffix
 * makes the name unique.
 *
 * Source: hashicorp/terraform-provider-aws, internal/service/scheduler/schedule_group.go; CloudWatch user guide, 'Using
 * Amazon CloudWatch dashboards'.
 */
export function createScheduleGroup(parent: pulumi.Resource, name: string): scheduler.ScheduleGroup {
  return new scheduler.ScheduleGroup(name, {}, { parent });
}

/** The schedules, one for each shard, and the queue for undelivered events. */
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
  /** What must exist before the first run. */
  readonly dependsOn: readonly pulumi.Resource[];
}

export function createSchedules(
  parent: pulumi.Resource,
  shards: readonly Shard<unknown>[],
  { name, identity, location, group, intervalMinutes, functionArn, dependsOn }: ScheduleOptions,
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
          // Nothing here depends on the shard's connections, so that a change of theirs leaves the schedule as it is.
          description: `Probes the DeepSeek connections of shard ${shard.name}.`,
          scheduleExpression: `rate(${intervalMinutes} minute${intervalMinutes === 1 ? "" : "s"})`,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: functionArn,
            roleArn: role.arn,
            input: JSON.stringify(eventFor(shard)),
            // The next run is only a minute away, so a late one is not worth delivering.
            retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
            deadLetterConfig: { arn: deadLetterQueue.arn },
          },
        },
        { parent, dependsOn: [policy, ...dependsOn] },
      ),
  );
  return { deadLetterQueue, schedules };
}

/** Two weeks, the longest retention of SQS, in seconds. */
const RETENTION = 1_209_600;
