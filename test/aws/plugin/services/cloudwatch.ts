import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { longerThan, moreThan, outside, unlike } from "../limits.ts";
import { pick, resourceType, tagList } from "../resource.ts";
import { isObject, type Properties } from "../wire.ts";

const cloudwatch = new CloudWatchClient();

interface Alarm {
  name: string;
  actionsEnabled?: boolean;
  alarmActions?: string[];
  alarmDescription?: string;
  comparisonOperator: string;
  datapointsToAlarm?: number;
  dimensions?: Record<string, string>;
  evaluationPeriods: number;
  insufficientDataActions?: string[];
  metricName?: string;
  metricQueries?: { id: string; expression?: string; label?: string; returnData?: boolean; metric?: QueriedMetric }[];
  namespace?: string;
  okActions?: string[];
  period?: number;
  statistic?: string;
  tags?: Record<string, string>;
  threshold?: number;
  treatMissingData?: string;
  warmUpConfiguration?: { warmUpPeriodDurationInMinutes: number };
}

interface QueriedMetric {
  metricName: string;
  namespace: string;
  period: number;
  stat: string;
  dimensions?: Record<string, string>;
}

async function putAlarm(inputs: Alarm) {
  const request = pick(
    inputs,
    "actionsEnabled",
    "alarmActions",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "evaluationPeriods",
    "insufficientDataActions",
    "metricName",
    "namespace",
    "period",
    "statistic",
    "threshold",
    "treatMissingData",
    "warmUpConfiguration",
  );
  const Metrics = inputs.metricQueries?.map(({ metric, ...query }) => ({
    ...pick(query, "id", "expression", "label", "returnData"),
    ...(metric && {
      MetricStat: {
        Metric: { ...pick(metric, "metricName", "namespace"), Dimensions: dimensionList(metric.dimensions) },
        ...pick(metric, "period", "stat"),
      },
    }),
  }));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: inputs.name,
      ...request,
      ...(Metrics === undefined ? { Dimensions: dimensionList(inputs.dimensions) } : { Metrics }),
      OKActions: inputs.okActions,
      Tags: tagList(inputs.tags),
    } as PutMetricAlarmCommandInput),
  );
}

export const metricAlarm = resourceType<Alarm>({
  inputs: [
    "name",
    "actionsEnabled",
    "alarmActions",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "dimensions",
    "evaluationPeriods",
    "insufficientDataActions",
    "metricName",
    "metricQueries",
    "namespace",
    "okActions",
    "period",
    "statistic",
    "tags",
    "threshold",
    "treatMissingData",
    "warmUpConfiguration",
  ],
  name: { input: "name", longest: 255 },
  fixed: ["name"],
  // Source: CloudWatch API reference, PutMetricAlarm and Dimension.
  limits: (alarm) => [
    longerThan(255, "the alarm's name", alarm.name),
    longerThan(1_024, "the alarm's description", alarm.alarmDescription),
    moreThan(5, "the alarm actions", alarm.alarmActions),
    moreThan(5, "the OK actions", alarm.okActions),
    moreThan(5, "the insufficient-data actions", alarm.insufficientDataActions),
    outside(1, 2_880, "the warm-up period", alarm.warmUpConfiguration?.warmUpPeriodDurationInMinutes),
    ...dimensionLimits(alarm.dimensions),
    ...periodLimits(alarm.period, alarm.evaluationPeriods, alarm.datapointsToAlarm),
    ...(alarm.metricQueries ?? []).flatMap(({ metric }) => [
      ...dimensionLimits(metric?.dimensions),
      ...periodLimits(metric?.period, alarm.evaluationPeriods, alarm.datapointsToAlarm),
    ]),
  ],
  async create(inputs) {
    await putAlarm(inputs);
    const arn = `arn:aws:cloudwatch:${process.env["AWS_REGION"]}:${process.env["AWS_ACCOUNT_ID"]}:alarm:${inputs.name}`;
    return { id: inputs.name, outputs: { arn } };
  },
  async update(_id, inputs) {
    await putAlarm(inputs);
    return undefined;
  },
  delete: (id) => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] })),
});

function periodLimits(period = 60, periods = 1, datapoints = periods) {
  // "For alarms with a period of less than one hour, the total evaluation period can't be longer than one day."
  const longest = period < 3_600 ? 86_400 : 604_800;
  return [
    ![10, 20, 30].includes(period) && period % 60 !== 0 && `the period ${period} is no multiple of 60`,
    period * periods > longest && `${periods} periods of ${period} s are longer than ${longest} s`,
    datapoints > periods && `${datapoints} datapoints cannot breach in ${periods} periods`,
  ];
}

function dimensionLimits(dimensions: Readonly<Record<string, string>> = {}) {
  return [
    moreThan(30, "the dimensions", Object.keys(dimensions)),
    ...Object.entries(dimensions).flatMap(([name, value]) => [
      longerThan(255, "a dimension's name", name),
      longerThan(1_024, `the dimension '${name}'`, value),
      unlike(/^[\x20-\x7e]*\S[\x20-\x7e]*$/, `the dimension '${name}'`, value),
    ]),
  ];
}

function dimensionList(dimensions: Readonly<Record<string, string>> = {}) {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

interface Dashboard {
  dashboardName: string;
  dashboardBody: string;
}

async function putDashboard({ dashboardName, dashboardBody }: Dashboard) {
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody: dashboardBody }));
}

export const dashboard = resourceType<Dashboard>({
  inputs: ["dashboardName", "dashboardBody"],
  documents: ["dashboardBody"],
  fixed: ["dashboardName"],
  // Source: CloudWatch API reference, PutDashboard and 'Dashboard Body Structure and Syntax'; CloudWatch quotas.
  limits: ({ dashboardName, dashboardBody }) => [
    unlike(/^[A-Za-z0-9_-]{1,255}$/, "the dashboard's name", dashboardName),
    ...(dashboardBody === undefined ? [] : dashboardFaults(dashboardBody)),
  ],
  async create(inputs) {
    await putDashboard(inputs);
    const arn = `arn:aws:cloudwatch::${process.env["AWS_ACCOUNT_ID"]}:dashboard/${inputs.dashboardName}`;
    return { id: inputs.dashboardName, outputs: { dashboardArn: arn } };
  },
  async update(_id, inputs) {
    await putDashboard(inputs);
    return undefined;
  },
  delete: (id) => cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [id] })),
});

const widgetTypes = ["alarm", "explorer", "log", "metric", "text"];

function dashboardFaults(text: string): string[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return ["the dashboard's body is no JSON"];
  }
  const widgets = isObject(body) ? body["widgets"] : undefined;
  if (!Array.isArray(widgets)) return ["the dashboard's body has no list of widgets"];
  const tooMany = moreThan(500, "the dashboard's widgets", widgets);
  return [
    ...(tooMany ? [tooMany] : []),
    ...widgets.flatMap((widget, index) => widgetFaults(widget, `widget ${index}`)),
  ];
}

function widgetFaults(widget: unknown, name: string): string[] {
  if (!isObject(widget)) return [`${name} is no object`];
  const { type, properties, x = 0, width = 6, height = 6 } = widget as Properties;
  if (!widgetTypes.includes(String(type))) return [`${name} is of no known type: ${type}`];
  if (!isObject(properties)) return [`${name} has no properties`];
  const required = { metric: "region", log: "region", alarm: "alarms", text: "markdown" }[String(type)];
  const alarms = Array.isArray(properties["alarms"]) ? properties["alarms"] : [];
  return [
    required !== undefined && !(required in properties) ? `${name} lacks '${required}'` : "",
    Number(x) + Number(width) > 24 ? `${name} reaches beyond the 24 columns` : "",
    Number(height) < 1 || Number(height) > 1_000 ? `${name} is ${height} high, AWS takes 1 to 1000` : "",
    alarms.length > 100 ? `${name} has ${alarms.length} alarms, AWS takes 100` : "",
  ].filter((fault) => fault !== "");
}
