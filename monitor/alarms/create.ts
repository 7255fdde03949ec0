import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { alarmName } from "../names.ts";
import type { Severity } from "./definitions.ts";
import { type DescriptionContext, describeAlarm } from "./description.ts";
import { type Dimensions, evaluationOf, warmUpMinutes } from "./evaluation.ts";
import type { EffectiveAlarm } from "./settings.ts";

/** What an alarm is about. */
export interface Subject {
  /** As it stands in the alarm's name; absent for the whole monitor. */
  readonly name?: string;
  /** One line for a person. */
  readonly line: pulumi.Input<string>;
  /** The gauge's dimensions besides `Monitor`. */
  readonly dimensions: Dimensions;
}

/** What all alarms of a monitor share. */
export interface AlarmContext {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly topics: Readonly<Record<Severity, pulumi.Output<string>>>;
  readonly links: pulumi.Output<Omit<DescriptionContext, "subject">>;
  /** What an alarm needs to be heard. */
  readonly ready: readonly pulumi.Resource[];
}

/** One alarm in CloudWatch. */
export function createAlarm(
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
    [name, ...(subject.name === undefined ? [] : [subject.name]), alarm.kind].join("-"),
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
