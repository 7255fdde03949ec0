import type { MonitorEnvironment } from "../../monitor/lambda/invocation.ts";
import { Detail } from "../../monitor/metrics.ts";

/** The environment variables of a monitor's function with default settings. */
export const monitorEnvironment: MonitorEnvironment = {
  MONITOR_NAME: "health-1a2b",
  MONITOR_SHARDS: "20",
  MONITOR_TEST_CALL: "chat",
  MONITOR_DETAIL: Detail.Connection,
  MONITOR_GAUGES: "",
};
