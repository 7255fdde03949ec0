import "./require-aws.ts";

export {
  type AlarmArgs,
  type AlarmsArgs,
  type BalanceAlarmArgs,
  type BalanceAmounts,
  type Currency,
  type DeepSeekMonitorArgs,
  Detail,
  type MonitoredConnectionArgs,
  type NotifyArgs,
  Severity,
  TestCall,
  type TopicAlarmArgs,
  type VpcArgs,
} from "./arguments.ts";
export { DeepSeekMonitor } from "./monitor.ts";
