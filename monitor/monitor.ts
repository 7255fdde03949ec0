import * as pulumi from "@pulumi/pulumi";
import type { DeepSeekMonitorArgs } from "./arguments.ts";
import { queryName } from "./names.ts";
import { createAlarms } from "./resources/alarms.ts";
import { dashboardUrl, logQueriesUrl, placeOf } from "./resources/aws-location.ts";
import { createDashboard, saveFailuresQuery } from "./resources/dashboard.ts";
import { createFunction, createLogGroup, environmentOf, invokeOnce } from "./resources/function.ts";
import { createFunctionRole, grantFunction } from "./resources/iam.ts";
import { storeKeys } from "./resources/keys.ts";
import { createNotifications } from "./resources/notifications.ts";
import { createSchedules, eventsOf } from "./resources/schedule.ts";
import { settingsOf } from "./settings.ts";
import { planShards } from "./shards.ts";

/**
 * Probes connections to DeepSeek on a schedule, from a Lambda function in your own AWS account, and tells the person on call
 * what broke, why, and what to do: a key that is rejected, an account without money, a model that is gone, a service that
 * fails, and the monitor's own silence.
 *
 * @throws pulumi.RunError that lists each argument that is wrong. A function that cannot start or cannot read its keys fails
 * the deployment by its smoke invocation; what DeepSeek says to a key does not.
 */
export class DeepSeekMonitor extends pulumi.ComponentResource {
  /** The monitor's name in AWS: in names, in metrics (the dimension `Monitor`) and on the dashboard. */
  readonly monitorName: pulumi.Output<string>;
  /** The Lambda function. */
  readonly functionName: pulumi.Output<string>;
  /** The same, for policies. */
  readonly functionArn: pulumi.Output<string>;
  /** Where the function writes its log, and in it the gauges. */
  readonly logGroupName: pulumi.Output<string>;
  /** The group of the schedules that invoke the function. */
  readonly scheduleGroupName: pulumi.Output<string>;
  /** One a shard of 50 connections. */
  readonly scheduleArns: pulumi.Output<string[]>;
  /** Where runs end that could not be started. */
  readonly deadLetterQueueArn: pulumi.Output<string>;
  /** The topic that the monitor made, if it made one: subscribe what you like. */
  readonly alertTopicArn: pulumi.Output<string | undefined>;
  /** The topic of the alarms that wake somebody up. */
  readonly pageTopicArn: pulumi.Output<string>;
  /** The topic of the alarms that wait for the morning. */
  readonly ticketTopicArn: pulumi.Output<string>;
  /** As CloudWatch names the alarms: the monitor, what it is about, the title, with slashes between. */
  readonly alarmNames: pulumi.Output<string[]>;
  /** The same alarms, for policies and dashboards of your own. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** The secrets that the monitor made, by connection, in fleet detail by shard. */
  readonly secretArns: pulumi.Output<Record<string, string>>;
  /** The saved query of CloudWatch Logs Insights for the latest failures. */
  readonly failuresQueryName: pulumi.Output<string>;
  /** Absent with `dashboard: false`. */
  readonly dashboardName: pulumi.Output<string | undefined>;
  /** The dashboard in the AWS console; absent with `dashboard: false`. */
  readonly dashboardUrl: pulumi.Output<string | undefined>;

  /**
   * @param name the beginning of all names in AWS, 1 to 40 characters of A–Z a–z 0–9 _ -
   * @param args the arguments
   * @param opts Pulumi's own options. `transforms` changes any resource of the monitor, `provider` its account and Region.
   */
  constructor(name: string, args: DeepSeekMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = settingsOf(name, args);
    // Without the arguments, which would be stored with the component: they hold keys.
    super("deepseek:index:DeepSeekMonitor", name, {}, opts);
    const { kmsKeyArn } = settings;
    const place = placeOf(this);
    const { role, identity } = createFunctionRole(this, name, place);
    const base = { name, identity, place };

    const shards = planShards(settings.connections);
    const keys = storeKeys(this, shards, { ...base, detail: settings.detail, kmsKeyArn });
    const events = eventsOf(shards, keys.places);

    const logGroup = createLogGroup(this, { ...base, retentionInDays: settings.logRetentionDays });
    const environment = environmentOf(settings, identity, settings.heartbeatUrl);
    const permissions = grantFunction(this, { ...base, role, logGroupArn: logGroup.arn, keys, kmsKeyArn });
    const monitor = createFunction(this, { ...base, role, logGroup, environment });
    const smoke = invokeOnce(this, {
      ...base,
      functionName: monitor.name,
      environment,
      permissions: permissions.policy,
      events,
      dependsOn: [permissions, ...keys.versions],
    });
    const { group, deadLetterQueue, schedules } = createSchedules(this, shards, {
      ...base,
      intervalMinutes: settings.intervalMinutes,
      functionArn: monitor.arn,
      events,
      dependsOn: smoke,
    });

    const notifications = createNotifications(this, { ...base, ...settings });
    const query = saveFailuresQuery(this, { ...base, logGroup });
    const dashboardLink = pulumi
      .all([place, identity])
      .apply(([where, monitorName]) => (settings.dashboard ? dashboardUrl(where, monitorName) : undefined));
    const links = pulumi.all([place, identity, dashboardLink]).apply(([where, monitorName, link]) => ({
      runbookUrl: settings.runbookUrl,
      dashboardUrl: link,
      logQueriesUrl: logQueriesUrl(where),
      queryName: queryName(monitorName),
    }));
    const alarms = createAlarms(this, { ...base, ...notifications, settings, shards, links, schedules });
    const dashboard = settings.dashboard ? createDashboard(this, { ...base, settings, alarms, logGroup }) : undefined;

    this.monitorName = identity;
    this.functionName = monitor.name;
    this.functionArn = monitor.arn;
    this.logGroupName = logGroup.name;
    this.scheduleGroupName = group.name;
    this.scheduleArns = pulumi.all(schedules.map(({ arn }) => arn));
    this.deadLetterQueueArn = deadLetterQueue.arn;
    this.alertTopicArn = pulumi.output(notifications.ownTopicArn);
    this.pageTopicArn = notifications.topics.page;
    this.ticketTopicArn = notifications.topics.ticket;
    this.alarmNames = alarms.apply((all) => all.map((alarm) => alarm.name));
    this.alarmArns = alarms.apply((all) => all.map((alarm) => alarm.arn));
    this.secretArns = pulumi.all(keys.arns);
    this.failuresQueryName = query.name;
    this.dashboardName = pulumi.output(dashboard?.dashboardName);
    this.dashboardUrl = dashboardLink;
    this.registerOutputs({
      monitorName: this.monitorName,
      functionName: this.functionName,
      functionArn: this.functionArn,
      logGroupName: this.logGroupName,
      scheduleGroupName: this.scheduleGroupName,
      scheduleArns: this.scheduleArns,
      deadLetterQueueArn: this.deadLetterQueueArn,
      alertTopicArn: this.alertTopicArn,
      pageTopicArn: this.pageTopicArn,
      ticketTopicArn: this.ticketTopicArn,
      alarmNames: this.alarmNames,
      alarmArns: this.alarmArns,
      secretArns: this.secretArns,
      failuresQueryName: this.failuresQueryName,
      dashboardName: this.dashboardName,
      dashboardUrl: this.dashboardUrl,
    });
  }
}
