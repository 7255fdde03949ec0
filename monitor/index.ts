import "./require-aws.ts";

export {
  type AlarmArgs,
  type AlarmsArgs,
  Currency,
  type DeepSeekMonitorArgs,
  Detail,
  type MonitoredConnectionArgs,
  type NotifyArgs,
  Severity,
  TestCall,
} from "./arguments.ts";
export { DeepSeekMonitor } from "./monitor.ts";
