import { gaugesRead, lowBalanceLimits } from "./alarms/catalog.ts";
import type { AlarmsArgs, TestCall } from "./arguments.ts";
import type { MonitorEnvironment } from "./lambda/invocation.ts";
import type { MonitoredTopic } from "./lambda/topics.ts";
import type { Detail } from "./metrics.ts";

/** Environment variables of the function, without undefined values. */
export type Variables = { [Name in keyof MonitorEnvironment]: string };

/** The settings of a monitor that its function needs, deployed or rehearsed. */
interface FunctionArgs {
  /** The monitor's name in the account. */
  readonly monitor: string;
  /** How many shards there are. */
  readonly shards: number;
  readonly testCall: TestCall;
  readonly detail: Detail;
  readonly alarms: AlarmsArgs;
  readonly dashboard: boolean;
  /** The suffix of AWS's hosts in the function's partition. */
  readonly dnsSuffix: string;
  readonly heartbeatUrl?: string | undefined;
  /** The topics to which the alarms publish. A rehearsal has none. */
  readonly topics?: readonly MonitoredTopic[];
}

/** Returns the function's environment variables. They contain no key. Deployment and rehearsal run the function with the same. */
export function variablesOf(args: FunctionArgs): Variables {
  const { monitor, shards, testCall, detail, alarms, dashboard, dnsSuffix, heartbeatUrl, topics = [] } = args;
  const gauges = gaugesRead(alarms, dashboard, topics.length > 1);
  return {
    MONITOR_NAME: monitor,
    MONITOR_SHARDS: String(shards),
    MONITOR_TEST_CALL: testCall,
    MONITOR_DETAIL: detail,
    MONITOR_GAUGES: gauges.join(","),
    MONITOR_DNS_SUFFIX: dnsSuffix,
    ...(gauges.includes("BalanceLow") && { MONITOR_LOW_BALANCE: JSON.stringify(lowBalanceLimits(alarms)) }),
    ...(topics.length > 0 && { MONITOR_TOPICS: JSON.stringify(topics) }),
    ...(heartbeatUrl !== undefined && { MONITOR_HEARTBEAT_URL: heartbeatUrl }),
  };
}
