export { type AlarmState, type EvaluationRule, evaluate, type MissingData, type Period } from "./evaluator.ts";
export { type RehearsalOptions, rehearse } from "./rehearse.ts";
export { type ScenarioName, scenarioNames, scenarios } from "./scenarios.ts";
export { renderSvg } from "./svg.ts";
export { renderText } from "./text.ts";
export type { AlarmTrack, Gauge, GaugePoint, Happening, Message, StateChange, Timeline } from "./timeline.ts";
