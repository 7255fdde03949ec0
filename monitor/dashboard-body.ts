import { failuresQuery, verdictsQuery } from "./failures.ts";
import { type Detail, dimensionsOf, type MetricName, metrics, NAMESPACE } from "./metrics.ts";

/** How many alarms one widget takes. Source: CloudWatch's dashboard body structure, alarm widget. */
const MAX_ALARMS = 100;

/** A dashboard is 24 columns wide. */
const WIDTH = 24;

export interface DashboardContext {
  readonly monitor: string;
  readonly region: string;
  readonly detail: Detail;
  readonly alarmArns: readonly string[];
  readonly logGroupName: string;
  readonly runbookUrl: string;
}

interface Widget {
  readonly type: "alarm" | "metric" | "log" | "text";
  readonly height: number;
  readonly width: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * A dashboard's body: alarm states on top, then health, latency and balance, errors by verdict, and the latest failures with
 * their trace ids. The graphs search for the gauges, so that a connection more or less changes nothing here.
 */
export function dashboardBody(context: DashboardContext): string {
  return JSON.stringify({ widgets: placed(widgetsOf(context)) });
}

function widgetsOf(context: DashboardContext): readonly Widget[] {
  const { region, logGroupName, runbookUrl } = context;
  const half = WIDTH / 2;
  return [
    ...alarmStates(context.alarmArns),
    text(`What each alarm means and what to do: [runbook](${runbookUrl})`),
    graph(context, "Keys, money, configuration (1: something is wrong)", [
      ["KeyRejected", "Maximum"],
      ["Unfunded", "Maximum"],
      ["Misconfigured", "Maximum"],
    ]),
    graph(context, "Share of failed probes by base URL", [["ServiceFailing", "Average"]]),
    graph(context, "Latency in ms by base URL", [["LatencyMs", "Average"]]),
    graph(context, "Balance", [["Balance", "Minimum"]]),
    graph(context, "Share of connections that were probed", [["Probed", "Minimum"]]),
    log("Errors by verdict", verdictsQuery, "bar", half),
    log("Latest failures", failuresQuery, "table", WIDTH),
  ];

  function log(title: string, query: string, view: "bar" | "table", width: number): Widget {
    const properties = { region, title, query: `SOURCE '${logGroupName}' | ${query}`, view };
    return { type: "log", height: view === "table" ? 9 : 6, width, properties };
  }
}

function alarmStates(arns: readonly string[]): readonly Widget[] {
  const groups = Array.from({ length: Math.ceil(arns.length / MAX_ALARMS) }, (_, index) =>
    arns.slice(index * MAX_ALARMS, (index + 1) * MAX_ALARMS),
  );
  return groups.map((alarms, index) => {
    const title = groups.length === 1 ? "Alarms" : `Alarms ${index + 1} of ${groups.length}`;
    const height = Math.min(2 + Math.ceil(alarms.length / 4), 8);
    return { type: "alarm", height, width: WIDTH, properties: { title, alarms, sortBy: "stateUpdatedTimestamp" } };
  });
}

function text(markdown: string): Widget {
  return { type: "text", height: 1, width: WIDTH, properties: { markdown, background: "transparent" } };
}

function graph(
  { monitor, region, detail }: DashboardContext,
  title: string,
  lines: readonly (readonly [MetricName, "Minimum" | "Maximum" | "Average"])[],
): Widget {
  const expressions = lines.map(([metric, statistic], index) => {
    const schema = [NAMESPACE, ...dimensionsOf(metric, detail)].join(",");
    const search = `SEARCH('{${schema}} MetricName="${metric}" Monitor="${monitor}"', '${statistic}', 60)`;
    return [{ expression: search, id: `e${index}`, label: lines.length === 1 ? "" : `${metric} ` }];
  });
  const isShare = lines.every(([metric]) => metrics[metric].unit === "Count" || metric === "Probed");
  const yAxis = { left: { min: 0, ...(isShare && { max: 1 }), showUnits: false } };
  const properties = { region, title, view: "timeSeries", metrics: expressions, yAxis, period: 60 };
  return { type: "metric", height: 6, width: WIDTH / 2, properties };
}

/** Side by side where two fit, else one below the other. */
function placed(widgets: readonly Widget[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > WIDTH) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const at = { x, y };
    [x, rowHeight] = [x + widget.width, Math.max(rowHeight, widget.height)];
    return { ...at, ...widget };
  });
}
