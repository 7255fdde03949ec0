import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import type * as scheduler from "@pulumi/aws/scheduler";
import type * as sns from "@pulumi/aws/sns";
import type * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { printed } from "../provider/core/message-text.ts";
import { insecureHttp } from "../provider/core/messages.ts";
import { type Path, problem } from "../provider/core/problems.ts";
import { isEnabled } from "./alarms/catalog.ts";
import { message } from "./argument-messages.ts";
import type { DeepSeekMonitorArgs } from "./arguments.ts";
import { queryName } from "./names.ts";
import { createAlarms } from "./resources/alarms.ts";
import { awsLocationOf, dashboardUrl, logQueryUrl, requireRegion } from "./resources/aws-location.ts";
import { createDashboard, saveFailuresQuery, shortFailuresQuery } from "./resources/dashboard.ts";
import { createFunction, createLogGroup, environmentOf, invokeOnce } from "./resources/function.ts";
import { createFunctionRole, grantFunction } from "./resources/iam.ts";
import { storeShards } from "./resources/keys.ts";
import { createNotifications } from "./resources/notifications.ts";
import { createScheduleGroup, createSchedules } from "./resources/schedule.ts";
import { reportUnreachableAlarms } from "./resources/smoke-report.ts";
import { reportSubscriptions } from "./resources/subscription-report.ts";
import { type MonitorSettings, settingsOf } from "./settings.ts";
import { planShards } from "./shards.ts";

/**
 * Probes connections to DeepSeek on a schedule, from a Lambda function in your own AWS account. It alerts the person on call to
 * a rejected key, an insufficient balance, a retired model, a failing service, and probes that have stopped. Each alert says what
 * is wrong, why, and what to do.
 *
 * The deployment invokes the function once. It fails if the function cannot start or cannot read its keys, but not if DeepSeek
 * rejects a key.
 *
 * @throws pulumi.RunError that lists every invalid argument
 */
export class DeepSeekMonitor extends pulumi.ComponentResource {
  /** The monitor's name in AWS: in resource names, in metrics (as dimension `Monitor`) and on the dashboard. */
  readonly monitorName!: pulumi.Output<string>;
  /** The Lambda function. */
  readonly function!: lambda.Function;
  /** The log group to which the function writes its log and the gauges. */
  readonly logGroup!: cloudwatch.LogGroup;
  /** The group of the schedules that invoke the function. There is one schedule for each shard of up to 50 connections. */
  readonly scheduleGroup!: scheduler.ScheduleGroup;
  /** The queue that receives runs which could not be started. */
  readonly deadLetterQueue!: sqs.Queue;
  /** The topic that the monitor created, if any. Add subscriptions of your own to it. */
  readonly alertTopic?: sns.Topic;
  /** The topic for alarms that wake somebody up. */
  readonly pageTopicArn!: pulumi.Output<string>;
  /** The topic for alarms that wait until the morning. */
  readonly ticketTopicArn!: pulumi.Output<string>;
  /** The alarms' names in CloudWatch: title, subject and monitor, separated by slashes. */
  readonly alarmNames!: pulumi.Output<string[]>;
  /** The alarms' ARNs, for your own policies and dashboards. */
  readonly alarmArns!: pulumi.Output<string[]>;
  /** ARNs of the secrets that the monitor created, by shard, such as `shard-0`. Each contains the connections of its shard. */
  readonly secretArns!: pulumi.Output<Record<string, string>>;
  /** The saved query of CloudWatch Logs Insights for the latest failures. */
  readonly failuresQuery!: cloudwatch.QueryDefinition;
  /** The dashboard; absent with `dashboard: false`. */
  readonly dashboard?: cloudwatch.Dashboard;
  /** The dashboard's URL in the AWS console; absent with `dashboard: false`. */
  readonly dashboardUrl!: pulumi.Output<string | undefined>;

  /**
   * @param name the first part of all names in AWS: 1 to 40 characters of A–Z a–z 0–9 _ -
   * @param args what to monitor, and how
   * @param opts Pulumi's options. `transforms` can change any resource of the monitor; `provider` selects account and Region.
   */
  constructor(name: string, args: DeepSeekMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = settingsOf(name, args);
    // The arguments are not passed on: they contain keys and would be stored with the component.
    super("deepseek:index:DeepSeekMonitor", name, {}, opts);
    warnOfInsecureHttp(this, name, settings);
    warnOfKeyAges(this, name, settings);
    const location = awsLocationOf(this);
    const here = (path: Path, arn: pulumi.Output<string> | undefined) =>
      arn && pulumi.all([location, arn]).apply(([at, known]) => requireRegion(at, known, { monitor: name, path }));
    const kmsKeyArn = here(["kmsKeyArn"], settings.kmsKeyArn);
    const scheduleGroup = createScheduleGroup(this, name);
    const base = { name, identity: scheduleGroup.name, location };

    const shards = planShards(settings.connections);
    const { versions, arns, given } = storeShards(this, shards, { ...base, kmsKeyArn });

    const { ownTopic, watched, subscriptions, ...notifications } = createNotifications(this, {
      ...base,
      emails: settings.emails,
      page: here(["notify", "page"], settings.page),
      ticket: here(["notify", "ticket"], settings.ticket),
      kmsKeyArn,
    });
    const logGroup = createLogGroup(this, { ...base, retentionInDays: settings.logRetentionDays });
    const environment = environmentOf(settings, { ...base, shards: shards.length, watched });
    const { vpc } = settings;
    const role = createFunctionRole(this, name, location);
    const permissions = grantFunction(this, {
      ...base,
      role,
      logGroupArn: logGroup.arn,
      given,
      kmsKeyArn,
      watched,
      vpc,
    });
    const monitor = createFunction(this, { ...base, role, logGroup, environment, permissions, vpc });
    const smoke = invokeOnce(this, {
      ...base,
      functionName: monitor.name,
      environment,
      role,
      permissions,
      shards,
      dependsOn: versions,
    });
    reportUnreachableAlarms(this, name, settings.alarms, smoke);
    const { deadLetterQueue, schedules } = createSchedules(this, shards, {
      ...base,
      group: scheduleGroup,
      intervalMinutes: settings.intervalMinutes,
      functionArn: monitor.arn,
      dependsOn: smoke,
    });

    const failuresQuery = saveFailuresQuery(this, { ...base, logGroup });
    const dashboardLink = pulumi
      .all([location, base.identity])
      .apply(([known, monitorName]) => (settings.dashboard ? dashboardUrl(known, monitorName) : undefined));
    const links = pulumi
      .all([location, base.identity, dashboardLink, logGroup.name])
      .apply(([known, monitorName, link, group]) => ({
        runbookUrl: settings.runbookUrl,
        dashboardUrl: link,
        failuresUrl: logQueryUrl(known, group, shortFailuresQuery),
        queryName: queryName(monitorName),
      }));
    const alarms = createAlarms(this, { ...base, ...notifications, settings, shards, links, schedules });
    reportSubscriptions(this, name, {
      functionName: monitor.name,
      watched,
      ownTopicArn: ownTopic?.arn,
      after: pulumi.all([alarms, pulumi.all([...smoke, ...subscriptions].map(({ id }) => id))]),
    });
    const dashboard = settings.dashboard ? createDashboard(this, { ...base, settings, alarms, logGroup }) : undefined;

    const resources = {
      function: monitor,
      logGroup,
      scheduleGroup,
      deadLetterQueue,
      failuresQuery,
      ...(ownTopic !== undefined && { alertTopic: ownTopic }),
      ...(dashboard !== undefined && { dashboard }),
    };
    const outputs = {
      monitorName: base.identity,
      pageTopicArn: notifications.topics.page,
      ticketTopicArn: notifications.topics.ticket,
      alarmNames: alarms.apply((all) => all.map((alarm) => alarm.name)),
      alarmArns: alarms.apply((all) => all.map((alarm) => alarm.arn)),
      secretArns: pulumi.all(arns),
      dashboardUrl: dashboardLink,
    };
    Object.assign(this, { ...resources, ...outputs } satisfies Properties);
    // Resources are left out: a reference to a resource changes once it is created, and the engine would then refuse to carry
    // out a saved plan.
    this.registerOutputs(outputs);
  }
}

/** The properties of a monitor that not every component has. */
type Properties = Omit<DeepSeekMonitor, keyof pulumi.ComponentResource>;

/** Warns at each run, since whoever reads the log may not know the program. */
function warnOfInsecureHttp(parent: pulumi.Resource, monitor: string, { connections }: MonitorSettings): void {
  for (const { name, baseUrl } of connections) {
    baseUrl.apply((url) => {
      const warning = insecureHttp(url);
      if (warning === undefined) return;
      void pulumi.log.warn(`DeepSeekMonitor '${monitor}': connections.${name}: ${printed(warning)}`, parent);
    });
  }
}

/** Warns of keys whose age is not known, if an alarm depends on it. */
function warnOfKeyAges(parent: pulumi.Resource, monitor: string, { alarms, connections }: MonitorSettings): void {
  if (!isEnabled("keyDueForRotation", alarms)) return;
  for (const { name, apiKey, keyCreatedAt } of connections) {
    keyCreatedAt.apply((createdAt) => {
      if (apiKey === undefined || createdAt !== undefined) return;
      const code = "key-age-approximate";
      const warning = printed(problem(code, ["connections", name], message(code)));
      void pulumi.log.warn(`DeepSeekMonitor '${monitor}': ${warning}`, parent);
    });
  }
}
