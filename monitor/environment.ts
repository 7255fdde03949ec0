import * as pulumi from "@pulumi/pulumi";
import { gaugesRead } from "./gauges.ts";
import type { MonitorEnvironment } from "./lambda/environment.ts";
import type { MonitorSettings } from "./validation/settings.ts";

/** Environment variables: the ones that the function knows, and no absent one. */
export type Variables = { [Name in keyof MonitorEnvironment]: string };

/** The function's environment variables. No key is ever in it. */
export function environmentOf(
  settings: MonitorSettings,
  identity: pulumi.Output<string>,
  heartbeatUrl: pulumi.Output<string> | undefined,
): pulumi.Output<Variables> {
  return pulumi.all([identity, heartbeatUrl]).apply(([monitor, heartbeat]) => ({
    MONITOR_NAME: monitor,
    MONITOR_TEST_CALL: settings.testCall,
    MONITOR_DETAIL: settings.detail,
    MONITOR_GAUGES: gaugesRead(settings.alarms, settings.dashboard).join(","),
    ...(heartbeat !== undefined && { MONITOR_HEARTBEAT_URL: heartbeat }),
  }));
}
