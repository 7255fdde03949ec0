/*
 * Computes the states of alarms from what `rehearse --json` prints, without the code of this repository, by AWS's documentation:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring, pages alarm-evaluation, alarms-and-missing-data, alarm-warm-up.
 */
type State = "OK" | "ALARM" | "INSUFFICIENT_DATA";
type Point = Record<"minute" | "minimum" | "maximum" | "sum" | "sampleCount", number>;
type Metric = { metricName: string; dimensions: Record<string, string>; stat: string; period: number };
type Query = { id: string; metric?: Metric; expression?: string; returnData: boolean };
type Rule = { datapointsToAlarm: number; evaluationPeriods: number; treatMissingData: string };
type WarmUp = { warmUpConfiguration?: { warmUpPeriodDurationInMinutes: number } };
type Limit = { comparisonOperator: string; threshold: number; statistic: string };
type Alarm = Rule & Limit & WarmUp & Metric & { metricQueries?: Query[] };
type Gauge = { name: string; dimensions: Record<string, string>; points: Point[] };
type Assumed = { delayMinutes: number; extraPeriods: number };
type Printed = { begins: number; minutes: number; assumed: Assumed; gauges: Gauge[] };

export function recompute(printed: Printed, alarm: Alarm) {
  const queries = alarm.metricQueries ?? [{ id: "m", metric: { ...alarm, stat: alarm.statistic }, returnData: true }];
  const series = queries.flatMap(({ id, metric }) => (metric ? { id, ...metric, points: find(printed, metric) } : []));
  const expression = queries.find(({ returnData }) => returnData)?.expression ?? "m";
  const length = (series[0]?.period ?? 0) / 60;
  const retrieved = alarm.evaluationPeriods + printed.assumed.extraPeriods;
  const warm = printed.begins + (alarm.warmUpConfiguration?.warmUpPeriodDurationInMinutes ?? 0);
  const changes: { minute: number; from: State; to: State }[] = [];
  let waits = true;
  for (let now = printed.begins; now < printed.minutes; now++) {
    const range = Array.from({ length: retrieved }, (_, index) => {
      const to = now - (retrieved - 1 - index) * length;
      const seen = Math.min(to, now - printed.assumed.delayMinutes);
      const values = series.map(({ id, stat, points }) => [id, statistic(stat, points, to - length, seen)] as const);
      const value = computed(expression, new Map(values));
      return value === undefined ? undefined : breaches(value, alarm);
    });
    waits &&= now < warm && range.filter((period) => period !== undefined).length < alarm.evaluationPeriods;
    const from = changes.at(-1)?.to ?? "INSUFFICIENT_DATA";
    const to = waits ? from : stateOf(alarm, range, from);
    if (to !== from) changes.push({ minute: now, from, to });
  }
  const initial = changes.findLast(({ minute }) => minute < 0)?.to ?? "INSUFFICIENT_DATA";
  return { initial, changes: changes.filter(({ minute }) => minute >= 0) };
}

function find({ gauges }: Printed, { metricName, dimensions }: Metric): readonly Point[] {
  const id = (all: Record<string, string>) => JSON.stringify(Object.entries(all).sort());
  return gauges.find((one) => one.name === metricName && id(one.dimensions) === id(dimensions))?.points ?? [];
}

function statistic(stat: string, points: readonly Point[], from: number, to: number): number | undefined {
  const own = points.filter(({ minute }) => minute >= from && minute < to);
  const total = (field: "sum" | "sampleCount") => own.reduce((sum, point) => sum + point[field], 0);
  if (own.length === 0) return undefined;
  if (stat === "Minimum") return Math.min(...own.map(({ minimum }) => minimum));
  if (stat === "Maximum") return Math.max(...own.map(({ maximum }) => maximum));
  return stat === "Average" ? total("sum") / total("sampleCount") : total(stat === "Sum" ? "sum" : "sampleCount");
}

/** The forms of metric math that the alarms use: a name, a difference, and a choice. Without data there is no result. */
function computed(expression: string, values: ReadonlyMap<string, number | undefined>): number | undefined {
  const read = (term = "0") => (values.has(term) ? (values.get(term) ?? Number.NaN) : Number(term));
  const [, left, right, yes, no] = /^IF\((.+) < (.+), (.+), (.+)\)$/.exec(expression) ?? [];
  const [first, second] = left === undefined ? expression.split(" - ") : [read(left) < read(right) ? yes : no];
  const result = read(first) - read(second);
  return Number.isNaN(result + read(left)) ? undefined : result;
}

function breaches(value: number, { comparisonOperator, threshold }: Limit): boolean {
  if (value === threshold) return comparisonOperator.endsWith("OrEqualToThreshold");
  return comparisonOperator.startsWith("Greater") === value > threshold;
}

/** @param range whether each period breaches, the oldest first; `undefined` if it has no data */
export function stateOf(rule: Rule, range: readonly (boolean | undefined)[], current: State): State {
  const { datapointsToAlarm: m, evaluationPeriods: n, treatMissingData } = rule;
  const used = range.filter((period) => period !== undefined).slice(-n);
  const bad = used.filter(Boolean).length + (treatMissingData === "breaching" ? n - used.length : 0);
  if (bad >= m) return "ALARM";
  if (used.includes(false) || used.length === n || /breaching/i.test(treatMissingData)) return "OK";
  if (treatMissingData === "ignore") return current;
  return used.length > 0 && range.length - range.indexOf(true) >= m ? "ALARM" : "INSUFFICIENT_DATA";
}
