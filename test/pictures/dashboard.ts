import { z } from "zod";
import type { AlarmTrack, Timeline } from "../../dist/monitor/rehearsal/index.js";
import {
  escapeXml,
  FAINT,
  GRID,
  INK,
  round,
  stateColours,
  svgFile,
  text,
} from "../../dist/monitor/rehearsal/svg-elements.js";
import { dashboardBody } from "../../dist/monitor/resources/dashboard.js";
import { type Box, drawGraph, PADDING, type Widget, widget } from "./dashboard-graph.ts";

/* The monitor's dashboard in a rehearsed incident: its real widgets, filled with the gauges that the function wrote. */

// Lengths are in pixels. A dashboard is 24 columns wide.
const COLUMN = 46;
const ROW = 34;
const MARGIN = 24;
const HEAD = 56;
const GAP = 5;

/** @param now the minute whose state is drawn */
export function drawDashboard(whole: Timeline, now: number): string {
  const timeline = until(whole, now);
  const [first] = timeline.alarms;
  if (first === undefined) throw new Error("A monitor has alarms.");
  const monitor = first.name.split("/").at(-1) ?? "";
  const body = dashboardBody({
    monitor,
    region: "eu-central-1",
    detail: timeline.detail,
    alarmArns: timeline.alarms.map(({ name }) => name),
    logGroupName: `/aws/lambda/${monitor}`,
    runbookUrl: "RUNBOOK.md",
  });
  const widgets = z
    .object({ widgets: z.array(widget) })
    .parse(JSON.parse(body))
    // A table is drawn without rows, and only as high as its query.
    .widgets.map((each) => (each.type === "log" && each.width === 24 ? { ...each, height: 4 } : each));
  const width = 2 * MARGIN + 24 * COLUMN;
  const height = HEAD + ROW * Math.max(...widgets.map(({ y, height }) => y + height)) + MARGIN;
  return svgFile(`The dashboard of a DeepSeekMonitor in a rehearsal: ${timeline.description}`, { width, height }, [
    `<rect width="${width}" height="${height}" rx="8" fill="#f4f5f7"/>`,
    text(MARGIN, 28, `Dashboard ${monitor}`, { size: 18, weight: 600 }),
    text(MARGIN, 46, `Rehearsal, minute ${now}: ${timeline.description}`, { colour: FAINT, size: 12 }),
    ...widgets.flatMap((each) => drawWidget(each, timeline)),
  ]);
}

/** Returns the timeline up to a minute, with only the alarms that are on by default. */
function until(whole: Timeline, minutes: number): Timeline {
  const before = ({ minute }: { readonly minute: number }) => minute >= 0 && minute < minutes;
  return {
    ...whole,
    minutes,
    alarms: whole.alarms
      .filter(({ definition }) => definition.byDefault)
      .map((alarm) => ({ ...alarm, changes: alarm.changes.filter(before) })),
    gauges: whole.gauges.map((gauge) => ({ ...gauge, points: gauge.points.filter(before) })),
  };
}

function drawWidget(each: Widget, timeline: Timeline): readonly string[] {
  const box: Box = {
    x: MARGIN + each.x * COLUMN + GAP,
    y: HEAD + each.y * ROW + GAP,
    width: each.width * COLUMN - 2 * GAP,
    height: each.height * ROW - 2 * GAP,
  };
  const frame = [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4" fill="#ffffff" stroke="${GRID}"/>`,
    text(box.x + PADDING, box.y + 22, each.properties.title ?? "", { size: 13, weight: 600 }),
  ];
  switch (each.type) {
    case "text":
      return [
        text(box.x + PADDING, box.y + 17, (each.properties.markdown ?? "").replace(/\]\(.*/, "").replace("[", ""), {
          size: 12,
        }),
      ];
    case "alarm":
      return [...frame, ...drawAlarms(timeline.alarms, box)];
    case "metric":
      return [...frame, ...drawGraph(each, timeline, box)];
    case "log":
      return [...frame, ...drawQuery(each.properties.query ?? "", box)];
  }
}

function drawAlarms(alarms: readonly AlarmTrack[], box: Box): readonly string[] {
  const width = (box.width - 2 * PADDING) / 4;
  // Sorted as in CloudWatch: the latest change comes first.
  const changedAt = ({ changes }: AlarmTrack) => changes.at(-1)?.minute ?? -1;
  return [...alarms]
    .sort((a, b) => changedAt(b) - changedAt(a))
    .flatMap((alarm, index) => {
      const state = alarm.changes.at(-1)?.to ?? alarm.initial;
      const x = box.x + PADDING + (index % 4) * width;
      const y = box.y + 34 + Math.floor(index / 4) * 32;
      const label = alarm.name.split("/").slice(0, -1).join("/").replace("api.deepseek.com", "…");
      return [
        `<rect x="${round(x)}" y="${y}" width="${round(width - 6)}" height="26" rx="3" fill="${stateColours[state]}"/>`,
        text(x + 8, y + 17, label, { size: 11, colour: state === "ALARM" ? "#ffffff" : INK }),
      ];
    });
}

function drawQuery(query: string, box: Box): readonly string[] {
  const lines = query.split(/\n?\| /).slice(1);
  return [
    text(box.x + PADDING, box.y + 42, "In AWS, this shows the results of a CloudWatch Logs Insights query:", {
      size: 12,
      colour: FAINT,
    }),
    ...lines.map(
      (part, index) =>
        `<text x="${box.x + PADDING}" y="${box.y + 64 + 18 * index}" fill="${FAINT}" font-size="11" ` +
        `font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace">${escapeXml(part)}</text>`,
    ),
  ];
}
