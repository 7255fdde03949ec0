export type { AlarmKind } from "../alarms/catalog.ts";
export type { EffectiveAlarm, Evaluation, MetricQuery } from "../alarms/plan.ts";
export { type ScenarioName, scenarioNames, scenarios } from "./rehearsal-scenarios.ts";
export { type RehearsalOptions, rehearse } from "./rehearse.ts";
export type {
  AlarmState,
  AlarmTrack,
  Gauge,
  GaugePoint,
  Happening,
  Message,
  MetricId,
  StateChange,
  Timeline,
} from "./timeline.ts";
export { renderSvg } from "./timeline-svg.ts";
export { renderText } from "./timeline-text.ts";
