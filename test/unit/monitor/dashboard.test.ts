import { describe, expect, it } from "vitest";
import { Detail, type MetricName, metricNames, metrics } from "../../../monitor/metrics.ts";
import { dashboardBody } from "../../../monitor/resources/dashboard.ts";
import { account, deploy, least, region } from "./support/deploy.ts";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly title?: string;
    readonly alarms?: readonly string[];
  };
}

function widgetsOf(alarms: number, detail: Detail = Detail.Connection): readonly Widget[] {
  const alarmArns = Array.from(
    { length: alarms },
    (_, index) => `arn:aws:cloudwatch:${region}:${account}:alarm:a${index}`,
  );
  const body = dashboardBody({
    monitor: "health-1a2b3c4",
    region,
    detail,
    alarmArns,
    logGroupName: "/aws/lambda/health-1a2b3c4",
    runbookUrl: "https://example.com/RUNBOOK.md",
  });
  return JSON.parse(body).widgets;
}

describe("the dashboard", () => {
  it("shows the alarms first, then the gauges, then the log", () => {
    expect(widgetsOf(7).map(({ type }) => type)).toEqual([
      "alarm",
      "text",
      "metric",
      "metric",
      "metric",
      "metric",
      "metric",
      "log",
      "log",
    ]);
  });

  it("has no overlapping widgets, and none beyond the 24 columns", () => {
    const widgets = widgetsOf(650);
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken.has(`${column}/${row}`)).toBe(false);
          taken.add(`${column}/${row}`);
        }
      }
    }
  });

  it("has at most 100 alarms in a widget, and leaves no alarm out", () => {
    const groups = widgetsOf(650).filter(({ type }) => type === "alarm");
    expect(groups.map(({ properties }) => properties.alarms?.length)).toEqual([100, 100, 100, 100, 100, 100, 50]);
    expect(new Set(groups.flatMap(({ properties }) => properties.alarms)).size).toBe(650);
  });

  it("searches for each gauge by exactly the dimensions with which it is written", () => {
    const searches = (detail: Detail) =>
      widgetsOf(1, detail)
        .flatMap(({ properties }) => (properties["metrics"] ?? []) as { readonly expression: string }[][])
        .flatMap(([line]) => line?.expression ?? []);
    expect(searches(Detail.Connection)).toContain(
      `SEARCH('{DeepSeekMonitor,Monitor,Connection} MetricName="KeyRejected" Monitor="health-1a2b3c4"', 'Maximum', 60)`,
    );
    expect(searches(Detail.Fleet)).toContain(
      `SEARCH('{DeepSeekMonitor,Monitor,Shard,Currency} MetricName="Balance" Monitor="health-1a2b3c4"', 'Minimum', 60)`,
    );
  });

  it("shows only gauges that the function writes", async () => {
    const drawn = metricNames.filter((name: MetricName) => JSON.stringify(widgetsOf(1)).includes(`\\"${name}\\"`));
    const { one } = await deploy();
    const { variables } = one("lambda/function:Function").inputs["environment"] as {
      readonly variables: Readonly<Record<string, string>>;
    };
    const optional = drawn.filter((name) => metrics[name].optional);
    expect(variables["MONITOR_GAUGES"]?.split(",")).toEqual(expect.arrayContaining(optional));
  });

  it("queries the log for trace ids, as the saved query does", async () => {
    const { one } = await deploy(least);
    const body = String(one("cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]);
    const { name, queryString, logGroupNames } = one("cloudwatch/queryDefinition:QueryDefinition").inputs;
    expect(name).toBe("health-1a2b3c4/failures");
    expect(logGroupNames).toEqual(["/aws/lambda/health-1a2b3c4"]);
    expect(queryString).toContain("traceId");
    const queries = JSON.parse(body).widgets.map(({ properties }: Widget) => properties["query"]);
    expect(queries).toContain(`SOURCE '/aws/lambda/health-1a2b3c4' | ${queryString}`);
  });
});
