export type { AlarmKind } from "../alarms/catalog.ts";
export type { AlarmSettings, EffectiveAlarm } from "../alarms/plan.ts";
export type { AlarmState, Settings } from "./cloudwatch.ts";
export type { MetricId } from "./metric-store.ts";
export { type ScenarioName, scenarioNames, scenarios } from "./rehearsal-scenarios.ts";
export { type RehearsalOptions, rehearse } from "./rehearse.ts";
export type { AlarmTrack, Gauge, GaugePoint, Happening, Message, StateChange, Timeline } from "./timeline.ts";
export { renderSvg } from "./timeline-svg.ts";
export { renderText } from "./timeline-text.ts";
