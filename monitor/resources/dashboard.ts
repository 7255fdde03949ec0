import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { type Graph, graphs } from "../graphs.ts";
import { type Detail, dimensionsOf, isShare, NAMESPACE } from "../metrics.ts";
import { queryName } from "../names.ts";
import type { MonitorSettings } from "../settings.ts";
import { groupsOf } from "../shards.ts";
import type { DeployedAlarm } from "./alarms.ts";
import type { AwsLocation } from "./aws-location.ts";

interface Context {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly logGroup: cloudwatch.LogGroup;
}

/** Saves the query for the latest failures, to which the alarms link. */
export function saveFailuresQuery(
  parent: pulumi.Resource,
  { name, identity, logGroup }: Context,
): cloudwatch.QueryDefinition {
  return new cloudwatch.QueryDefinition(
    name,
    { name: identity.apply(queryName), logGroupNames: [logGroup.name], queryString: failuresQuery },
    { parent },
  );
}

/** Creates the dashboard, which has the monitor's name. */
export function createDashboard(
  parent: pulumi.Resource,
  options: Context & {
    readonly location: pulumi.Output<AwsLocation>;
    readonly settings: MonitorSettings;
    readonly alarms: pulumi.Output<readonly DeployedAlarm[]>;
  },
): cloudwatch.Dashboard {
  const { name, identity, location, settings, alarms, logGroup } = options;
  const body = pulumi
    .all([identity, location, alarms, logGroup.name])
    .apply(([monitor, { region }, deployed, logGroupName]) =>
      dashboardBody({
        monitor,
        region,
        detail: settings.detail,
        alarmArns: deployed.map(({ arn }) => arn),
        logGroupName,
        runbookUrl: settings.runbookUrl,
      }),
    );
  return new cloudwatch.Dashboard(name, { dashboardName: identity, dashboardBody: body }, { parent });
}

export interface DashboardContext {
  readonly monitor: string;
  readonly region: string;
  readonly detail: Detail;
  readonly alarmArns: readonly string[];
  readonly logGroupName: string;
  readonly runbookUrl: string;
}

/**
 * Returns the dashboard's body: alarm states at the top, then health, latency and balance, errors by verdict, and the latest
 * failures with their trace ids. The graphs search for the gauges, so adding or removing a connection does not change the body.
 */
export function dashboardBody(context: DashboardContext): string {
  return JSON.stringify({ widgets: arranged(widgetsOf(context)) });
}

interface Widget {
  readonly type: "alarm" | "metric" | "log" | "text";
  readonly height: number;
  readonly width: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

function widgetsOf(context: DashboardContext): readonly Widget[] {
  const { region, logGroupName, runbookUrl } = context;
  const half = WIDTH / 2;
  return [
    ...alarmStates(context.alarmArns),
    text(`What each alarm means and what to do: [runbook](${runbookUrl})`),
    ...graphs.map((graph) => drawn(context, graph)),
    log("Errors by verdict", verdictsQuery, "bar", half),
    log("Latest failures", failuresQuery, "table", WIDTH),
  ];

  function log(title: string, query: string, view: "bar" | "table", width: number): Widget {
    const properties = { region, title, query: `SOURCE '${logGroupName}' | ${query}`, view };
    return { type: "log", height: view === "table" ? 9 : 6, width, properties };
  }
}

function alarmStates(arns: readonly string[]): readonly Widget[] {
  const groups = groupsOf(MAX_ALARMS, arns);
  return groups.map((alarms, index) => {
    const title = groups.length === 1 ? "Alarms" : `Alarms ${index + 1} of ${groups.length}`;
    const height = Math.min(2 + Math.ceil(alarms.length / 4), 8);
    return { type: "alarm", height, width: WIDTH, properties: { title, alarms, sortBy: "stateUpdatedTimestamp" } };
  });
}

function text(markdown: string): Widget {
  return { type: "text", height: 1, width: WIDTH, properties: { markdown, background: "transparent" } };
}

function drawn({ monitor, region, detail }: DashboardContext, { title, lines }: Graph): Widget {
  const expressions = lines.map(({ metric, statistic }, index) => {
    const schema = [NAMESPACE, ...dimensionsOf(metric, detail)].join(",");
    const search = `SEARCH('{${schema}} MetricName="${metric}" Monitor="${monitor}"', '${statistic}', 60)`;
    return [{ expression: search, id: `e${index}`, label: lines.length === 1 ? "" : `${metric} ` }];
  });
  const areShares = lines.every(({ metric }) => isShare(metric));
  const yAxis = { left: { min: 0, ...(areShares && { max: 1 }), showUnits: false } };
  const properties = { region, title, view: "timeSeries", metrics: expressions, yAxis, period: 60 };
  return { type: "metric", height: 6, width: WIDTH / 2, properties };
}

/** Places widgets side by side if they fit, otherwise below each other. */
function arranged(widgets: readonly Widget[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > WIDTH) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const at = { x, y };
    [x, rowHeight] = [x + widget.width, Math.max(rowHeight, widget.height)];
    return { ...at, ...widget };
  });
}

/**
 * The latest failures, as a query for CloudWatch Logs Insights: failed probes, keys that could not be read, and Lambda's own
 * errors for runs that failed. Enough lines for one run of four shards: an alarm names one connection of those that share a key.
 */
const failuresQuery = [
  "fields @timestamp, connection, verdict, httpStatus, cause, traceId, keyFingerprint, message",
  'filter level in ["WARN", "ERROR"] or @message like /Task timed out|errorType/',
  "sort @timestamp desc",
  "limit 200",
].join("\n| ");

/**
 * The same in short, for the link in alarms: a description has few characters. Without `sort`, the newest come first. Source:
 * CloudWatch Logs Insights, `dedup`: 'the default descending sort order using @timestamp'.
 */
export const shortFailuresQuery = "fields @timestamp,connection,cause,traceId|filter ispresent(cause)";

/** The number of probes with each verdict other than `valid`. */
const verdictsQuery = ["filter ispresent(verdict)", "stats count(*) as probes by verdict", "sort probes desc"].join(
  "\n| ",
);

/** Maximum number of alarms in one widget. Source: CloudWatch's dashboard body structure, alarm widget. */
const MAX_ALARMS = 100;

/** Width of a dashboard, in columns. */
const WIDTH = 24;
