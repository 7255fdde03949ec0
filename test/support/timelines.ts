import { type RehearsalOptions, rehearse, type ScenarioName, type Timeline } from "../../monitor/rehearsal/index.ts";

/** Each is rehearsed once, however many tests use it. */
const rehearsed = new Map<string, Promise<Timeline>>();

/** The timeline of a scenario. */
export function timelineOf(scenario: ScenarioName, options: RehearsalOptions = {}): Promise<Timeline> {
  const key = JSON.stringify([scenario, options]);
  const timeline = rehearsed.get(key) ?? rehearse(scenario, options);
  rehearsed.set(key, timeline);
  return timeline;
}

/** A message of a timeline. */
export type Row = readonly [minute: number, severity: string, state: string, alarm: string];

/** The messages of a timeline, with the titles of their alarms. */
export function told({ messages }: Timeline): readonly Row[] {
  return messages.map(({ minute, severity, to, alarm }) => [minute, severity, to, alarm.replace("/rehearsal", "")]);
}
