import "./require-aws.ts";

export { Severity } from "./alarms/catalog.ts";
export type { AlarmArgs } from "./arguments.ts";
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
