import { DescribeAlarmsCommand, type MetricAlarm, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { beforeAll, expect, test } from "vitest";
import { type AlarmDefinition, alarmDefinitions, alarmKinds } from "../../monitor/alarms/catalog.ts";
import { NAMESPACE } from "../../monitor/metrics.ts";
import { SimulatedAlarm } from "../../monitor/rehearsal/cloudwatch.ts";
import { MetricStore, readSamples } from "../../monitor/rehearsal/metric-store.ts";
import { deployedResources } from "../support/deployed-resources.ts";
import { freshKey } from "../support/keys.ts";
import { eventually } from "./eventually.ts";
import { FunctionLog } from "./function-log.ts";
import { openInbox } from "./inbox.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 300_000);

/** Five connections, two of them with one key. */
const keys = { shared: freshKey(), c: freshKey(), d: freshKey(), e: freshKey() };
const program = {
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
    const config = new pulumi.Config();
    const baseUrl = config.require("baseUrl");
    const keys = config.requireSecretObject("keys");
    const of = (name) => ({ apiKey: keys.apply((all) => all[name]), baseUrl });
    const connections = { a: of("shared"), b: of("shared"), c: of("c"), d: of("d"), e: of("e") };
    new DeepSeekMonitor("health", { connections, notify: { emails: ["on-call@example.com"] } });`,
};

test("a key of two connections is revoked and works again: one alert that shows both, and one recovery", {
  timeout: 300_000,
}, async () => {
  const { clients, sandbox } = cloud;
  for (const key of Object.values(keys)) sandbox.use(key, "good");
  const stack = await cloud.workspace(program, "shared-key", { baseUrl: sandbox.url });
  await stack.setConfig("keys", JSON.stringify(keys), { secret: true });
  expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  const deployed = deployedResources(await stack.exportStack());
  const functionName = deployed.the("aws:lambda/function:Function").id;
  const subscription = deployed.the("aws:sns/topicSubscription:TopicSubscription");
  const inbox = await openInbox(clients, deployed.the("aws:sns/topic:Topic").id, subscription.outputs);
  const { MetricAlarms = [] } = await clients.cloudwatch.send(new DescribeAlarmsCommand({}));
  const queries = new Map(
    deployed
      .some("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => [String(inputs["name"]), (inputs["metricQueries"] ?? []) as readonly Query[]]),
  );
  const alarms = MetricAlarms.map((alarm) => simulated(alarm, queries.get(alarm.AlarmName ?? "") ?? []));
  const log = new FunctionLog(clients, functionName);
  const store = new MetricStore();

  /** Invokes the function once a minute of simulated time, and sets the alarms' states as CloudWatch would. */
  const pass = async (from: number, to: number) => {
    for (let minute = from; minute < to; minute++) {
      for (const alarm of alarms) {
        const change = alarm.evaluateAt(minute, store);
        if (change === undefined) continue;
        const reason = `Minute ${minute} of the test`;
        await clients.cloudwatch.send(
          new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue: change.to, StateReason: reason }),
        );
      }
      const known = log.lines.length;
      const Payload = Buffer.from(JSON.stringify({ shard: "0" }));
      const { FunctionError } = await clients.lambda.send(new InvokeCommand({ FunctionName: functionName, Payload }));
      expect(FunctionError).toBeUndefined();
      await eventually("the run's log", 20, async () => ((await log.read()).length > 0 ? true : undefined));
      for (const line of log.lines.slice(known)) {
        for (const sample of readSamples(line, NAMESPACE)) store.add(sample, minute);
      }
    }
  };

  await pass(-10, 5);
  expect(await inbox.read()).toEqual([]);

  sandbox.revoke(keys.shared);
  await pass(5, 15);
  const alert = await eventually("the alert", 20, async () => (await inbox.read()).at(0));
  await pass(15, 20);
  await inbox.read();
  expect(inbox.all.map(nameAndState)).toEqual([["key rejected/a", "ALARM"]]);
  const description = String(alert["AlarmDescription"]);
  expect(description).toContain("Severity page, stack shared-key/");
  const link = /^Failures: (\S+)$/m.exec(description)?.[1] ?? "";
  expect(queryIn(link).group).toBe(deployed.the("aws:cloudwatch/logGroup:LogGroup").id);
  expect(new Set(answerTo(queryIn(link).text, log.lines).map(({ connection }) => connection))).toEqual(
    new Set(["a", "b"]),
  );

  sandbox.use(keys.shared, "good");
  await pass(20, 30);
  await eventually("the recovery", 20, async () => (await inbox.read()).at(0));
  await inbox.read();
  expect(inbox.all.map(nameAndState)).toEqual([
    ["key rejected/a", "ALARM"],
    ["key rejected/a", "OK"],
  ]);
  await inbox.close();
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});

const nameAndState = (message: Readonly<Record<string, unknown>>) => [
  String(message["AlarmName"]).split("/").slice(0, 2).join("/"),
  message["NewStateValue"],
];

/** The part of an alarm's metric math that the test reads. */
interface Query {
  readonly expression?: string;
  readonly metric?: {
    readonly metricName: string;
    readonly stat: string;
    readonly period: number;
    readonly dimensions: Readonly<Record<string, string>>;
  };
}

/**
 * An alarm that is evaluated by the definition that AWS has. Only its name's first part comes from the source.
 *
 * @param queries its metric math as it was deployed, which the local AWS does not keep
 */
function simulated(alarm: MetricAlarm, queries: readonly Query[]): SimulatedAlarm {
  const { AlarmName = "", Dimensions = [] } = alarm;
  const title = AlarmName.split("/")[0];
  const kind = alarmKinds.find((known) => alarmDefinitions[known].title === title);
  if (kind === undefined) throw new Error(`No alarm has the title '${title}'.`);
  const { below: _, ...texts }: AlarmDefinition = alarmDefinitions[kind];
  const queried = queries[0]?.metric;
  const [, below] = /share < ([\d.]+)/.exec(queries.at(-1)?.expression ?? "") ?? [];
  const definition = {
    ...texts,
    kind,
    metric: (alarm.MetricName ?? queried?.metricName) as AlarmDefinition["metric"],
    statistic: (alarm.Statistic ?? queried?.stat) as AlarmDefinition["statistic"],
    comparison: alarm.ComparisonOperator as AlarmDefinition["comparison"],
    threshold: alarm.Threshold ?? Number.NaN,
    ...(below !== undefined && { below: Number(below) }),
    period: alarm.Period ?? queried?.period ?? Number.NaN,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods ?? Number.NaN,
    evaluationPeriods: alarm.EvaluationPeriods ?? Number.NaN,
    missingData: alarm.TreatMissingData as AlarmDefinition["missingData"],
  };
  const dimensions =
    queried?.dimensions ?? Object.fromEntries(Dimensions.map(({ Name = "", Value = "" }) => [Name, Value]));
  return new SimulatedAlarm(AlarmName, definition, { name: definition.metric, dimensions });
}

/** The query that a link to the console opens. */
function queryIn(link: string): { readonly text: string; readonly group: string } {
  const decoded = (name: string) => {
    const [, value = ""] = new RegExp(`${name}~\\(?~?'([A-Za-z0-9_.*-]+)`).exec(link) ?? [];
    return decodeURIComponent(value.replaceAll("*", "%"));
  };
  return { text: decoded("editorString"), group: decoded("source") };
}

/** The answer of CloudWatch Logs Insights. The local AWS does not know `ispresent`. */
function answerTo(query: string, lines: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const [, fields = "", needed = ""] = /^fields @timestamp,([\w,]+)\|filter ispresent\((\w+)\)$/.exec(query) ?? [];
  expect(fields.split(",")).toEqual(["connection", "cause", "traceId"]);
  return lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((line) => line[needed] !== undefined);
}
