import "./aws.ts";

export type { AlarmArgs } from "./alarms/arguments.ts";
export { Severity } from "./alarms/definitions.ts";
export {
  type AlarmsArgs,
  Currency,
  type DeepSeekMonitorArgs,
  type MonitoredConnectionArgs,
  type NotifyArgs,
  TestCall,
} from "./arguments.ts";
export { Detail } from "./metrics.ts";
export { DeepSeekMonitor } from "./monitor.ts";
