import type { EffectiveAlarm } from "../alarms/plan.ts";
import { keyOf, statisticAt } from "./metric-store.ts";
import { escapeXml, FAINT, GRID, INK, line, round, shorten, stateColours, svgFile, text } from "./svg-elements.ts";
import type { AlarmTrack, Gauge, MetricId, Timeline } from "./timeline.ts";

// All lengths are in pixels.
const WIDTH = 1_160;
const MARGIN = 24;
/** Left edge of the graphs; the labels are to its left. */
const LEFT = 340;
const RIGHT = WIDTH - MARGIN;
const HEAD = 84;
const GAUGE_HEIGHT = 64;
const BAR_HEIGHT = 16;
const BAR_GAP = 8;
const ROW_GAP = 26;
const FOOT = 92;

const LINE = "#2563a8";
const LIMIT = "#c2410c";

interface DrawnPoint {
  readonly minute: number;
  readonly value: number;
}

/** One row of the drawing: a gauge and the alarms that watch it. */
interface GaugeRow {
  readonly metric: MetricId;
  /** The drawn value of each minute: the one that the alarms evaluate. */
  readonly points: readonly DrawnPoint[];
  readonly alarms: readonly AlarmTrack[];
}

/** Maximum number of rows: more would not be legible. */
const MAX_ROWS = 12;

/**
 * Draws a rehearsal's timeline: each gauge with its thresholds, and below it the states of its alarms.
 *
 * @param timeline what `rehearse` returned
 * @returns the text of an SVG file
 */
export function renderSvg(timeline: Timeline): string {
  const rows = rowsOf(timeline);
  const tops: number[] = [];
  let height = HEAD + 22 * timeline.happenings.length;
  const firstTop = height;
  for (const row of rows) {
    tops.push(height);
    height += GAUGE_HEIGHT + row.alarms.length * (BAR_HEIGHT + BAR_GAP) + ROW_GAP;
  }
  const bottom = height;
  height += FOOT;
  const x = (minute: number) => LEFT + ((RIGHT - LEFT) * minute) / timeline.minutes;
  const parts = [
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN, 34, `Rehearsal: ${timeline.scenario}`, { size: 20, weight: 600 }),
    text(MARGIN, 58, timeline.description, { colour: FAINT }),
    ...axis(timeline.minutes, x, firstTop, bottom),
    ...happenings(timeline, x, bottom),
    ...rows.flatMap((row, index) => drawRow(row, tops[index] ?? 0, timeline, x)),
    ...legend(bottom + 50),
    text(MARGIN, bottom + 76, timeline.assumptions.join(" "), { colour: FAINT, size: 11 }),
  ];
  return svgFile(`Rehearsal of ${timeline.scenario}: ${timeline.description}`, { width: WIDTH, height }, parts);
}

type Scale = (minute: number) => number;

function axis(minutes: number, x: Scale, top: number, bottom: number): string[] {
  const step = [5, 10, 15, 30, 60, 120, 240, 480, 960].find((candidate) => minutes / candidate <= 14) ?? 1_440;
  const ticks = Array.from({ length: Math.floor(minutes / step) + 1 }, (_, index) => index * step);
  return [
    ...ticks.flatMap((minute) => [
      line(x(minute), top - 6, x(minute), bottom - 6, GRID),
      text(x(minute), bottom + 10, String(minute), { anchor: "middle", colour: FAINT, size: 12 }),
    ]),
    text(RIGHT, bottom + 28, "minutes", { anchor: "end", colour: FAINT, size: 12 }),
  ];
}

function happenings({ happenings }: Timeline, x: Scale, bottom: number): string[] {
  return happenings.flatMap(({ minute, what }, index) => {
    const y = HEAD + 22 * index;
    // In the right half, the sentence is to the left of its line.
    const late = x(minute) > (LEFT + RIGHT) / 2;
    return [
      line(x(minute), y, x(minute), bottom - 6, INK, "2 4"),
      text(x(minute) + (late ? -6 : 6), y + 4, `${minute}: ${what}`, { anchor: late ? "end" : "start", size: 12 }),
    ];
  });
}

function drawRow(row: GaugeRow, top: number, timeline: Timeline, x: Scale): string[] {
  const { dimensions, name } = row.metric;
  const subject = Object.entries(dimensions)
    .filter(([dimension]) => dimension !== "Monitor")
    .map(([dimension, value]) => `${dimension} ${value.replace(/^https:\/\//, "")}`)
    .join(", ");
  const limits = row.alarms.filter(({ definition }) => definition.statistic !== "Range");
  const values = [...row.points.map(({ value }) => value), ...limits.map((alarm) => alarm.definition.threshold)];
  const most = Math.max(1, ...values);
  const y = (value: number) => top + GAUGE_HEIGHT - (value / most) * (GAUGE_HEIGHT - 8);
  return [
    text(MARGIN, top + 20, name, { weight: 600 }),
    text(MARGIN, top + 38, subject, { colour: FAINT, size: 12 }),
    text(LEFT - 8, y(most) + 4, shorten(most), { anchor: "end", colour: FAINT, size: 11 }),
    text(LEFT - 8, y(0) + 4, "0", { anchor: "end", colour: FAINT, size: 11 }),
    line(LEFT, y(0), RIGHT, y(0), GRID),
    ...[...new Set(limits.map((alarm) => alarm.definition.threshold))].map((threshold) =>
      line(LEFT, y(threshold), RIGHT, y(threshold), LIMIT, "6 4"),
    ),
    `<path d="${steps(row.points, timeline.intervalMinutes, x, y)}" fill="none" stroke="${LINE}" stroke-width="2"/>`,
    ...row.alarms.flatMap((alarm, index) =>
      bar(alarm, top + GAUGE_HEIGHT + BAR_GAP + index * (BAR_HEIGHT + BAR_GAP), timeline, x),
    ),
  ];
}

/** One step for each run, with a gap where the gauge was not written. */
function steps(points: readonly DrawnPoint[], interval: number, x: Scale, y: (value: number) => number): string {
  return points
    .map((point, index) => {
      const goesOn = points[index - 1]?.minute === point.minute - interval;
      const level = round(y(point.value));
      return `${goesOn ? "L" : "M"}${round(x(point.minute))} ${level}H${round(x(point.minute + interval))}`;
    })
    .join("");
}

function bar(alarm: AlarmTrack, top: number, { minutes, messages }: Timeline, x: Scale): string[] {
  const spans = [
    { minute: 0, state: alarm.initial },
    ...alarm.changes.map(({ minute, to }) => ({ minute, state: to })),
  ];
  const title = `${alarm.definition.title} (${alarm.definition.severity})`;
  return [
    text(MARGIN, top + 12, title, { size: 12 }),
    text(LEFT - 8, top + 12, condition(alarm.definition), { anchor: "end", colour: FAINT, size: 10 }),
    ...spans.map(({ minute, state }, index) => {
      const end = spans[index + 1]?.minute ?? minutes;
      return (
        `<rect x="${round(x(minute))}" y="${top}" width="${round(x(end) - x(minute))}" height="${BAR_HEIGHT}" ` +
        `fill="${stateColours[state]}"><title>${escapeXml(`${title}: ${state} from minute ${minute}`)}</title></rect>`
      );
    }),
    ...messages
      .filter((message) => message.alarm === alarm.name)
      .map(({ minute, to }) =>
        text(x(minute) + 4, top + 12, String(minute), { size: 11, colour: to === "ALARM" ? "#ffffff" : INK }),
      ),
  ];
}

/** "2 of 2 × 1 min ≥ 1" */
function condition({ comparison, datapointsToAlarm, evaluationPeriods, period, threshold }: EffectiveAlarm): string {
  const sign = { GreaterThanOrEqualToThreshold: "≥", GreaterThanThreshold: ">", LessThanThreshold: "<" }[comparison];
  return `${sign} ${shorten(threshold)}, ${datapointsToAlarm} of ${evaluationPeriods} × ${period / 60} min`;
}

function legend(y: number): string[] {
  const entries: readonly (readonly [string, string])[] = [
    [stateColours.OK, "OK"],
    [stateColours.ALARM, "ALARM (with the minute of its alert)"],
    [stateColours.INSUFFICIENT_DATA, "insufficient data"],
  ];
  let x = MARGIN;
  const boxes = entries.flatMap(([colour, label]) => {
    const at = x;
    x += 36 + 7 * label.length;
    return [
      `<rect x="${at}" y="${y - 10}" width="14" height="12" fill="${colour}"/>`,
      text(at + 20, y, label, { size: 12 }),
    ];
  });
  return [
    ...boxes,
    line(x, y - 4, x + 22, y - 4, LINE),
    text(x + 28, y, "gauge", { size: 12 }),
    line(x + 84, y - 4, x + 106, y - 4, LIMIT, "6 4"),
    text(x + 112, y, "threshold", { size: 12 }),
  ];
}

/**
 * Returns the rows to draw: those with an alarm that fires. If none fires, each kind of gauge once.
 */
function rowsOf({ alarms, gauges, messages }: Timeline): readonly GaugeRow[] {
  const sending = new Set(messages.map(({ alarm }) => alarm));
  const rows = [...Map.groupBy(alarms, ({ metric }) => keyOf(metric)).values()].map((watching) =>
    rowOf(watching, gauges),
  );
  const firing = rows.filter((row) => row.alarms.some(({ name }) => sending.has(name)));
  const names = new Set<string>();
  const oneOfEach = rows.filter(({ metric }) => !names.has(metric.name) && names.add(metric.name));
  return (firing.length > 0 ? firing : oneOfEach).slice(0, MAX_ROWS);
}

function rowOf(alarms: readonly AlarmTrack[], gauges: readonly Gauge[]): GaugeRow {
  const [first] = alarms;
  if (first === undefined) throw new Error("A row needs an alarm.");
  const key = keyOf(first.metric);
  const written = gauges.find((gauge) => keyOf(gauge) === key)?.points ?? [];
  const points = written
    .filter(({ minute }) => minute >= 0)
    .map((point) => ({ minute: point.minute, value: statisticAt(drawnStatistic(first), point) }));
  return { metric: first.metric, points, alarms };
}

/** The statistic that the alarm is on. A range is drawn as the value whose range it is. */
function drawnStatistic({ definition: { statistic } }: AlarmTrack): Parameters<typeof statisticAt>[0] {
  return statistic === "Range" ? "Maximum" : statistic;
}
