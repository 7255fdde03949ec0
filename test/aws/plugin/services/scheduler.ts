import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { heavierThan, longerThan, outside, unlike } from "../limits.ts";
import { pascalCase, pick, resourceType, tagList } from "../resource.ts";
import type { Properties } from "../wire.ts";

const scheduler = new SchedulerClient();
const names = /^[0-9a-zA-Z-_.]{1,64}$/;

interface ScheduleGroup {
  name: string;
  tags?: Record<string, string>;
}

export const scheduleGroup = resourceType<ScheduleGroup>({
  inputs: ["name", "tags"],
  name: { input: "name", longest: 64 },
  // Source: EventBridge Scheduler API reference, CreateScheduleGroup.
  limits: ({ name }) => [unlike(names, "the schedule group's name", name)],
  async create({ name, tags }) {
    const { ScheduleGroupArn } = await scheduler.send(
      new CreateScheduleGroupCommand({ Name: name, Tags: tagList(tags) }),
    );
    return { id: name, outputs: { arn: ScheduleGroupArn, state: "ACTIVE" } };
  },
  delete: (id) => scheduler.send(new DeleteScheduleGroupCommand({ Name: id })),
});

interface Schedule {
  name: string;
  groupName?: string;
  description?: string;
  flexibleTimeWindow: Properties;
  kmsKeyArn?: string;
  scheduleExpression: string;
  scheduleExpressionTimezone?: string;
  state?: string;
  target: Target;
}

interface Target {
  arn: string;
  roleArn: string;
  input?: string;
  retryPolicy?: { maximumEventAgeInSeconds?: number; maximumRetryAttempts?: number };
}

function request(inputs: Schedule) {
  const optional = pick(inputs, "groupName", "description", "kmsKeyArn", "scheduleExpressionTimezone", "state");
  return {
    ...optional,
    Name: inputs.name,
    ScheduleExpression: inputs.scheduleExpression,
    FlexibleTimeWindow: pascalCase(inputs.flexibleTimeWindow),
    Target: pascalCase(inputs.target),
  } as CreateScheduleCommandInput;
}

export const schedule = resourceType<Schedule>({
  inputs: [
    "name",
    "groupName",
    "description",
    "flexibleTimeWindow",
    "kmsKeyArn",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "state",
    "target",
  ],
  name: { input: "name", longest: 64 },
  fixed: ["name", "groupName"],
  // Source: EventBridge Scheduler API reference, CreateSchedule and RetryPolicy; user guide, 'Schedule types' (the unit of
  // a rate is minutes, hours or days) and quotas (input, 256 kB).
  limits: ({ name, description, scheduleExpression, target }) => [
    unlike(names, "the schedule's name", name),
    longerThan(512, "the schedule's description", description),
    unlike(/^rate\([1-9]\d* (minute|hour|day)s?\)$|^cron\(.+\)$|^at\(.+\)$/, "the schedule", scheduleExpression),
    heavierThan(256 * 1024, "the schedule's input", target?.input),
    outside(60, 86_400, "the maximum age of an event", target?.retryPolicy?.maximumEventAgeInSeconds),
    outside(0, 185, "the maximum of retries", target?.retryPolicy?.maximumRetryAttempts),
  ],
  async create(inputs) {
    const { ScheduleArn } = await scheduler.send(new CreateScheduleCommand(request(inputs)));
    return { id: `${inputs.groupName ?? "default"}/${inputs.name}`, outputs: { arn: ScheduleArn } };
  },
  async update(_id, inputs) {
    await scheduler.send(new UpdateScheduleCommand(request(inputs)));
    return undefined;
  },
  delete: (_id, { name, groupName }) =>
    scheduler.send(new DeleteScheduleCommand({ Name: name, GroupName: groupName ?? "default" })),
});
