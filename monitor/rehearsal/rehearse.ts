import { setImmediate as breathe } from "node:timers/promises";
import type { AlarmKind } from "../alarms/catalog.ts";
import { type AlarmSettings, type PlannedAlarm, planAlarms, planEndpointAlarms } from "../alarms/plan.ts";
import { alarmTexts } from "../alarms/texts.ts";
import { type AlarmsArgs, Currency } from "../arguments.ts";
import { Detail } from "../metrics.ts";
import { alarmName } from "../names.ts";
import { planShards } from "../shards.ts";
import { assumed, assumptions, SimulatedAlarm } from "./cloudwatch.ts";
import type { Cause } from "./incident.ts";
import { MetricStore } from "./metric-store.ts";
import { type ScenarioName, scenarios } from "./rehearsal-scenarios.ts";
import { MONITOR, SimulatedFunction } from "./simulated-function.ts";
import { SERVICE_URL } from "./simulated-service.ts";
import { type Message, sendsMessage, type Timeline } from "./timeline.ts";

/** Runs before minute 0, so that each alarm has data and a state. */
const EARLIER_RUNS = 10;

/** The options of a rehearsal. */
export interface RehearsalOptions {
  /**
   * The monitor's `alarms` argument.
   *
   * @default the monitor's default alarms
   */
  readonly alarms?: AlarmsArgs;
  /**
   * How many connections are monitored.
   *
   * @default as many as the scenario needs, usually 1
   */
  readonly connections?: number;
  /**
   * Whether each connection or each shard has its own gauges and alarms.
   *
   * @default `"connection"`
   */
  readonly detail?: Detail;
  /**
   * Minutes between two runs, 1 to 60.
   *
   * @default 1
   */
  readonly intervalMinutes?: number;
  /**
   * Called after each simulated minute, with the number of minutes done and the total.
   *
   * @default no progress is reported
   */
  readonly onMinute?: (done: number, all: number) => void;
}

/**
 * Replays a scenario minute by minute on a simulated clock. The monitor's real function probes the sandbox, its output is
 * read as CloudWatch reads it, and the alarms are evaluated by CloudWatch's documented rules.
 *
 * The pauses before retries are skipped. Everything else in the function is as deployed.
 *
 * @param name the scenario: what goes wrong
 * @param options settings of the monitor, and a progress callback
 * @throws Error if an enabled alarm has neither a threshold nor a default
 */
export async function rehearse(name: ScenarioName, options: RehearsalOptions = {}): Promise<Timeline> {
  const { intervalMinutes = 1 } = options;
  const scenario = scenarios[name];
  const alarmArgs = { ...scenario.alarms, ...options.alarms };
  const { minutes, steps, causes } = scenario.script(intervalMinutes);
  const connections = options.connections ?? scenario.connections ?? 1;
  const detail = options.detail ?? Detail.Connection;
  const shards = planShards(namesOf(connections));
  const settings: AlarmSettings = { alarms: alarmArgs, intervalMinutes, detail };
  const planned = [...planAlarms(MONITOR, shards, settings), ...planEndpointAlarms(SERVICE_URL, settings)];
  const alarms = planned.map(simulated);
  const messages: Message[] = [];
  const store = new MetricStore();

  const { currency = Currency.USD, hasOneKey = false, hasOwnSecrets = false } = scenario;
  const deployment = { shards, detail, currency, alarms: alarmArgs, hasOneKey, hasOwnSecrets };
  const deployed = await SimulatedFunction.deploy(deployment, store);
  const begins = scenario.isDeployment ? 0 : -EARLIER_RUNS * intervalMinutes;
  try {
    for (let minute = begins; minute < minutes; minute++) {
      deployed.minute = minute;
      for (const step of steps) {
        if (step.minute === minute || (step.minute < 0 && minute === begins)) step.act(deployed.account);
      }
      for (const alarm of alarms) {
        const change = alarm.evaluateAt(minute, store);
        if (change === undefined || !sendsMessage(change)) continue;
        const { kind, severity } = alarm.definition;
        const after = change.to === "ALARM" ? minutesAfterCause(causes, kind, minute) : undefined;
        messages.push({
          ...change,
          alarm: alarm.name,
          kind,
          severity,
          text: alarmTexts[kind].wrong,
          ...(after !== undefined && { minutesAfterCause: after }),
        });
      }
      if (minute % intervalMinutes === 0) await deployed.run();
      options.onMinute?.(minute + 1 - begins, minutes - begins);
      // Lets timers and signals run between two minutes.
      await breathe();
    }
  } finally {
    await deployed.clear();
  }
  return {
    scenario: name,
    description: scenario.description,
    minutes,
    begins,
    intervalMinutes,
    connections,
    detail,
    settings: alarmArgs,
    runs: deployed.runs,
    happenings: steps.flatMap(({ minute, what }) => (what === undefined ? [] : [{ minute, what }])),
    messages,
    alarms,
    gauges: store.gauges(),
    assumed,
    assumptions,
  };
}

/** Turns a planned alarm into a simulated one, with its names in the rehearsal. */
function simulated({ alarm, subject, dimensions }: PlannedAlarm): SimulatedAlarm {
  const metric = { name: alarm.metric, dimensions: { Monitor: MONITOR, ...dimensions } };
  return new SimulatedAlarm(alarmName(MONITOR, subject.name, alarm.title), alarm, metric);
}

function minutesAfterCause(causes: readonly Cause[], kind: AlarmKind, minute: number): number | undefined {
  const cause = causes.findLast(({ alarm, from }) => alarm === kind && from <= minute);
  return cause === undefined ? undefined : minute - cause.from;
}

function namesOf(connections: number): readonly string[] {
  if (connections === 1) return ["prod"];
  return Array.from({ length: connections }, (_, index) => `connection-${index + 1}`);
}
